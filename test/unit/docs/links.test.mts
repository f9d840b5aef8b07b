import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LinkChecker, LinkState } from 'linkinator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SITE } from '../../../site/pages.mts';
import { newestN8n, ownNode, testedN8n } from '../../support/n8n/runtime.mts';
import {
	documents,
	filesOf,
	markdownLinks,
	namedDocuments,
	publishedDocuments,
	ROOT,
	shownPaths,
	textOf,
	unknownCommands,
} from '../../support/unit/documents.mts';

const sources = filesOf(
	'{nodes,credentials}/**/*.{ts,json}',
	'{test,scripts}/**/*.{mts,mjs,ts}',
	'examples/**/*.{json,yaml,conf}',
	'*.{mjs,mts}',
	'.github/**/*.{yml,md}',
);

describe('links in documents', () => {
	it('every link, heading, picture and path in a document leads somewhere', async () => {
		const targetsOf = (path: string) => [...shownPaths(textOf(path)), ...publishedDocuments(textOf(path))];
		expect(await brokenLinks([...documents, listOf(documents.flatMap(targetsOf))])).toEqual([]);
	});

	it('every document and heading that code names exists', async () => {
		expect(await brokenLinks([listOf(sources.flatMap((path) => namedDocuments(textOf(path))))])).toEqual([]);
	});

	it('a heading or a file that is not there is reported', async () => {
		// In two parts: this file is code, too.
		const none = ['docs/README.md', `docs/${'none'}.md`, `README.md${'#none'}`];
		expect(await brokenLinks([listOf(none)])).toEqual(none.slice(1));
	});

	it.each(documents)('every command in %s exists', (document) => {
		expect(unknownCommands(textOf(document))).toEqual([]);
	});

	it.each(filesOf('credentials/*.ts', 'nodes/**/*.node.json'))(
		'the documentation that %s names is on the docs site',
		(path) => {
			const links = [...textOf(path).matchAll(/(?:documentationUrl =|"url":)\s*['"](.+)['"]/g)];
			expect(links.length).toBeGreaterThan(0);
			for (const [, link = ''] of links) expect(link.startsWith(`${SITE}docs/`), link).toBe(true);
		},
	);
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
			testedN8n.toReversed().map((n8n) => [n8n, (ownNode[n8n] ?? textOf('.nvmrc')).split('.')[0]?.trim()]),
		);
		for (const version of testedN8n) expect(textOf('README.md')).toContain(version);
	});

	it('package.json and the examples for operators name the newest n8n that CI tests', () => {
		const named = ['package.json', 'examples/deploy/compose.yaml']
			.flatMap((path) => [...textOf(path).matchAll(/(?:n8nio\/n8n:|"n8n-core": ")([\d.]+)/gm)])
			.map(([, version]) => version);
		expect(named.length).toBeGreaterThan(2);
		expect(new Set(named)).toEqual(new Set([newestN8n]));
	});
});

/** A document that links to these files, by their paths from the root, for as long as a test runs. */
function listOf(targets: string[]): string {
	mkdirSync(join(ROOT, '.cache'), { recursive: true });
	const folder = mkdtempSync(join(ROOT, '.cache/links-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const list = join(folder, 'list.md');
	writeFileSync(list, [...new Set(targets)].map((target) => `[a](</${target}>)`).join('\n'));
	return relative(ROOT, list);
}

/** Which links of these documents to files of the repository lead nowhere. */
async function brokenLinks(path: string[]): Promise<string[]> {
	const { links } = await new LinkChecker().check({
		...{ path, serverRoot: ROOT, markdown: true, directoryListing: true, checkFragments: true },
		linksToSkip: [String.raw`^https?://(?!localhost|127\.0\.0\.1)`],
	});
	return links
		.filter(({ state }) => state === LinkState.BROKEN)
		.map(({ url }) => url.replace(/^https?:\/\/[^/]+\//, ''));
}
