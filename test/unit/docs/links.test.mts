import { describe, expect, it } from 'vitest';
import { ownNode, testedN8n } from '../../support/n8n/runtime.mts';
import {
	anchors,
	documentReferences,
	documents,
	filesOf,
	markdownLinks,
	shownPaths,
	textOf,
	unknownCommands,
	whyBroken,
} from '../../support/unit/documents.mts';

const sources = filesOf(
	'{nodes,credentials}/**/*.{ts,json}',
	'{test,scripts}/**/*.{mts,mjs,ts}',
	'examples/**/*.{json,yaml,conf}',
	'*.{mjs,mts}',
	'.github/**/*.{yml,md}',
);

describe('links in documents', () => {
	it.each(documents)('every link, path and command in %s leads somewhere', (document) => {
		const links = [...markdownLinks(document), ...shownPaths(document)];
		expect(links.map(whyBroken).filter(Boolean)).toEqual([]);
		expect(unknownCommands(textOf(document))).toEqual([]);
	});

	it('every document and heading that code names exists', () => {
		const broken = sources.flatMap((source) =>
			documentReferences(source)
				.map(whyBroken)
				.flatMap((reason) => (reason === undefined ? [] : `${source}: ${reason}`)),
		);
		expect(broken).toEqual([]);
	});

	it('links, paths and references are found where they are', () => {
		expect(shownPaths('CONTRIBUTING.md').map(({ path }) => path)).toContain('scripts/bundle.mjs');
		expect(markdownLinks('README.md').map(({ path }) => path)).toContain('docs/security.md');
		const named = sources.flatMap(documentReferences).map(({ path }) => path);
		expect(named.filter((path) => path === 'docs/vendor-facts.md').length).toBeGreaterThan(50);
	});

	it('a missing file and a missing heading are reported', () => {
		const link = { text: 'it', path: 'README.md', anchor: 'no-such-heading' };
		expect(whyBroken(link)).toBe('it: README.md has no heading #no-such-heading');
		expect(whyBroken({ text: 'it', path: 'none.md' })).toBe('it: there is no none.md');
	});

	it('an unknown script, program and project are reported', () => {
		const text =
			'`npm run build`, `npm run none`, `node test/none.mts`, `npx vitest run --project none`';
		expect(unknownCommands(text)).toEqual([
			'npm run none',
			'node test/none.mts',
			'npx vitest run --project none',
		]);
	});

	it.each([
		['### Deliveries are refused (401, 400)', 'deliveries-are-refused-401-400'],
		['## `npm run bench`: [how](many.md)', 'npm-run-bench-how'],
		['# One\n\n```sh\n# Two\n```\n', 'one'],
	])('the heading %s has the anchor #%s', (heading, anchor) => {
		expect([...anchors(heading)]).toEqual([anchor]);
	});
});

describe('lists in documents', () => {
	it.each([
		['docs/README.md', filesOf('docs/*.md').filter((page) => page !== 'docs/README.md')],
		['docs/decisions/README.md', filesOf('docs/decisions/0*.md')],
	])('%s lists every page', (index, pages) => {
		const listed = new Set(markdownLinks(index).map(({ path }) => path));
		expect(pages.filter((page) => !listed.has(page))).toEqual([]);
	});

	it('README.md and docs/operating.md name the n8n versions that CI tests', () => {
		const rows = [...textOf('docs/operating.md').matchAll(/^\| (\d[\d.]+) \| (\d+) \|/gm)];
		expect(rows.map(([, n8n, node]) => [n8n, node])).toEqual(
			testedN8n
				.toReversed()
				.map((n8n) => [n8n, (ownNode[n8n] ?? textOf('.nvmrc')).split('.')[0]?.trim()]),
		);
		for (const version of testedN8n) expect(textOf('README.md')).toContain(version);
	});
});
