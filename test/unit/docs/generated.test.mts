import { describe, expect, it } from 'vitest';
import { filesOf, textOf } from '../../support/unit/documents.mts';
import { allParts, partsIn, withGeneratedParts } from '../../support/unit/generated-docs.mts';

/* `npm run docs` writes what these tests compare. */

const generated = filesOf('docs/*.md').filter((path) => partsIn(textOf(path)).length > 0);

describe('generated parts of documents', () => {
	it.each(generated)(
		'%s has fields, events, messages and samples as the code has them',
		async (path) => {
			await expect(withGeneratedParts(textOf(path))).toMatchFileSnapshot(`../../../${path}`);
		},
	);

	it('each generated part stands in a document, once', () => {
		const found = generated.flatMap((path) => partsIn(textOf(path)));
		expect(found.sort()).toEqual(allParts().sort());
	});

	it('a part that is out of date is rewritten, and what stands around it stays', () => {
		const outdated = 'before\n<!-- generated: item -->\nold\n<!-- end -->\nafter';
		const written = withGeneratedParts(outdated);
		expect(written).toMatch(/^before\n<!-- generated: item -->\n\n```json\n\{/);
		expect(written).toMatch(/\n```\n\n<!-- end -->\nafter$/);
		expect(withGeneratedParts(written)).toBe(written);
	});

	it('a part under an unknown name is reported', () => {
		const unknown = '<!-- generated: nothing -->\n<!-- end -->';
		expect(() => withGeneratedParts(unknown)).toThrow('under the name "nothing"');
	});
});
