import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOVING, pictures } from '../../support/browser/pictures.mts';
import { documents, filesOf, markdownLinks, ROOT } from '../../support/unit/documents.mts';

const moving = `docs/images/${MOVING}.gif`;
const made = [...Object.keys(pictures).map((name) => `docs/images/${name}.png`), moving];
const shown = new Set(documents.flatMap((document) => markdownLinks(document)).map(({ path }) => path));

/** A page of the documents loads several. */
const MAX_BYTES = 300_000;
const MAX_MOVING_BYTES = 210_000;

describe('pictures of the documents', () => {
	it('node test/screenshots/main.mts makes each picture, and each stands in a document', () => {
		const isPicture = (path: string) => /\.(png|jpe?g|gif|webp)$/.test(path);
		expect(filesOf('docs/**/*').filter(isPicture)).toEqual(made.toSorted());
		expect([...shown].filter(isPicture).toSorted()).toEqual(made.toSorted());
	});

	it.each(made)('%s is small enough for a page with several', (picture) => {
		const max = picture === moving ? MAX_MOVING_BYTES : MAX_BYTES;
		expect(statSync(join(ROOT, picture)).size).toBeLessThanOrEqual(max);
	});
});
