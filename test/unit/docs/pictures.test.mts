import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
	MAX_PICTURE_BYTES,
	PICTURES,
	PICTURES_FOLDER,
} from '../../support/browser/picture-list.mts';
import { ownTexts, readShownTexts } from '../../support/browser/shown-texts.mts';
import { documents, filesOf, markdownLinks, ROOT } from '../../support/unit/documents.mts';

const isPicture = (path: string) => /\.(png|jpe?g|gif|webp)$/.test(path);
const shownTexts = readShownTexts();
const texts = ownTexts();
const made = PICTURES.map((name) => `${PICTURES_FOLDER}/${name}.png`);

describe('pictures of the docs', () => {
	it.each(documents)(
		'%s shows no picture but those that node test/screenshots/main.mts makes',
		(document) => {
			const shown = markdownLinks(document).map(({ path }) => path);
			expect(shown.filter((path) => isPicture(path) && !made.includes(path))).toEqual([]);
		},
	);

	it('the README shows a workflow in light and dark', () => {
		const shown = markdownLinks('README.md').map(({ path }) => path);
		expect(shown).toContain(`${PICTURES_FOLDER}/new-page-to-slack-light.png`);
		expect(shown).toContain(`${PICTURES_FOLDER}/new-page-to-slack-dark.png`);
	});

	it.each(PICTURES)('%s shows no text that the nodes no longer have', (picture) => {
		const gone = shownTexts[picture]?.filter((text) => !texts.has(text));
		expect(gone, `to take it again: node test/screenshots/main.mts ${picture}`).toEqual([]);
	});

	it('each picture of the list is there, and no other', () => {
		const there = filesOf('docs/**/*').filter(isPicture);
		expect(there).toEqual(made.toSorted());
	});

	it.each(made)('%s is small enough for a page with several', (picture) => {
		expect(statSync(join(ROOT, picture)).size).toBeLessThan(MAX_PICTURE_BYTES);
	});
});
