import { basename } from 'node:path';
import type { Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { filesOf, textOf, tokensOf } from '../../support/unit/documents.mts';
import {
	allParts,
	partsIn,
	samples,
	withGeneratedParts,
	withoutGeneratedParts,
} from '../../support/unit/generated-docs.mts';

/* `npm run docs` writes what these tests compare. */

const generated = filesOf('README.md', '.github/*.md', 'docs/*.md').filter((path) => partsIn(textOf(path)).length > 0);

describe('generated parts of documents', () => {
	it.each(generated)('%s has fields, events, operations and samples as the code has them', async (path) => {
		await expect(withGeneratedParts(textOf(path))).toMatchFileSnapshot(`../../../${path}`);
	});

	it('each generated part stands in a document, once', () => {
		const found = generated.flatMap((path) => partsIn(textOf(path)));
		expect(found.sort()).toEqual(allParts().sort());
	});

	it('each file in nodes/CxoneExpert/n8n says in its head what it relies on, what a change does, and where to look first', () => {
		const heads = filesOf('nodes/CxoneExpert/n8n/*.ts').flatMap((path) => {
			const head = /\/\*\n \* Relies on: (.*?)\*\//s.exec(textOf(path))?.[1];
			return head === undefined ? [] : [head.trim().replace(/\s*\n \*? ?/g, ' ')];
		});
		expect(heads.length).toBeGreaterThan(10);
		for (const head of heads) {
			expect(head).toMatch(/When it changes: |Where n8n does not, /);
			expect(head).toMatch(/Look first at: .*`.*[.?]$/);
		}
	});

	it('each line of code that the recipe for an operation quotes is in the file before it', () => {
		const quoted = [...textOf('.github/CONTRIBUTING.md').matchAll(/`([\w./-]+)`: `([^`\n]+[,;])`/g)];
		expect(quoted.length).toBeGreaterThan(3);
		for (const [, path = '', line] of quoted) expect(textOf(path)).toContain(line);
	});

	it("the page for n8n's reviewer names each larger reliance and its contract test, and where the smaller ones are, in at most 700 words", () => {
		const page = textOf('.github/creator-portal.md');
		const named = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name = '']) => name);
		const files = filesOf('nodes/CxoneExpert/n8n/*.ts').map((path) => basename(path, '.ts'));
		expect(named.sort()).toEqual(files.filter((name) => name !== 'report-once').sort());
		expect(filesOf('test/contract/*.test.mts')).toEqual(
			expect.arrayContaining(named.map((name) => `test/contract/${name}.test.mts`)),
		);
		expect(page).toContain('test/contract/trigger-beside-webhook.test.mts');
		expect(page).toContain('n8n-internals.md#smaller-reliances');
		expect(page.match(/\S+/g)?.length).toBeLessThanOrEqual(700);
	});

	it('README.md has at most 900 words of its own', () => {
		const words = withoutGeneratedParts(textOf('README.md')).match(/\S+/g);
		expect(words?.length).toBeLessThanOrEqual(900);
	});
});

describe('docs/events.md', () => {
	const items = Object.values(samples());

	it('the table of the item names the fields that samples have, and those of odd deliveries', () => {
		const seldom = ['rawXml', 'recovered', 'redelivered', 'unreadable', 'unverified'];
		expect(documented('field').sort()).toEqual([...fieldsOf(items), ...seldom].sort());
	});

	it('the table of the page names the fields that samples have, and those of odd responses', () => {
		const pages = items.flatMap(({ page }) => (page === undefined ? [] : [page]));
		expect(documented('field of `page`').sort()).toEqual([...fieldsOf(pages), 'details'].sort());
	});

	/** The fields that the table with this first column names. */
	function documented(column: string): string[] {
		const table = tokensOf(withoutGeneratedParts(textOf('docs/events.md'))).find(
			(token): token is Tokens.Table => token.type === 'table' && (token as Tokens.Table).header[0]?.text === column,
		);
		return (table?.rows ?? []).flatMap(([cell]) =>
			[...(cell?.text ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
		);
	}

	function fieldsOf(values: unknown[]): string[] {
		return [...new Set(values.flatMap((value) => Object.keys(value as object)))].sort();
	}
});
