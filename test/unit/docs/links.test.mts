import { PassThrough } from 'node:stream';
import { remark } from 'remark';
import { engine } from 'unified-engine';
import { VFile } from 'vfile';
import { describe, expect, it } from 'vitest';
import { identityOf, readManifest } from '../../../scripts/repository/identity.mts';
import { SITE } from '../../../site/pages.mts';
import { newestN8n, ownNode, testedN8n } from '../../support/n8n/runtime.mts';
import {
	documents,
	filesOf,
	htmlTargets,
	markdownLinks,
	namedDocuments,
	ROOT,
	shownPaths,
	sitePages,
	textOf,
	unknownCommands,
} from '../../support/unit/documents.mts';

const { owner, repository } = identityOf(readManifest());
const AT_GITHUB = `https://github.com/${owner}/${repository}`;

const sources = filesOf(
	'{nodes,credentials}/**/*.{ts,json}',
	'{test,scripts}/**/*.{mts,mjs,ts}',
	'examples/**/*.{json,yaml,conf}',
	'*.{mjs,mts}',
	'.github/**/*.{yml,md}',
);

describe('links in documents', () => {
	it('every link, heading, picture and path in a document leads somewhere', async () => {
		expect(await brokenLinks(documents.map((path) => documentFile(path)))).toEqual([]);
	});

	it('every document and heading that code names exists', async () => {
		expect(await brokenLinks(sources.map((path) => sourceFile(path)))).toEqual([]);
	});

	it('a heading that is not there is reported, in a document and in code', async () => {
		// In two parts: this file is code, too.
		const none = `README.md${'#none'}`;
		const files = [documentFile('docs/README.md', `[a](../${none})`), sourceFile('a.mts', none)];
		const reported = expect.stringContaining('Cannot find heading for `#none`') as string;
		expect(await brokenLinks(files)).toEqual([reported, reported]);
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
		const named = ['package.json', 'examples/deploy/compose.yaml', 'examples/deploy/kubernetes.yaml']
			.flatMap((path) => [...textOf(path).matchAll(/(?:n8nio\/n8n:|"n8n-core": "|^ *tag: )([\d.]+)/gm)])
			.map(([, version]) => version);
		expect(named.length).toBeGreaterThan(4);
		expect(new Set(named)).toEqual(new Set([newestN8n]));
	});
});

/** A document, and below it, as links, what it does not write as one. */
function documentFile(path: string, text = textOf(path)): VFile {
	const more = [...htmlTargets(text), ...[...shownPaths(text), ...sitePages(text)].map(addressOf)];
	return new VFile({ cwd: ROOT, path, value: [text, ...more.map(linkTo)].join('\n\n') });
}

/** The documents that a file of code names, as links. */
function sourceFile(path: string, code = textOf(path)): VFile {
	const value = namedDocuments(code).map(addressOf).map(linkTo).join('\n\n');
	return new VFile({ cwd: ROOT, path, value });
}

function addressOf(file: string): string {
	return `${AT_GITHUB}/blob/main/${file}`;
}

function linkTo(target: string): string {
	return `[${target}](<${target}>)`;
}

/** Which links lead nowhere, within these files and to others of the repository. */
async function brokenLinks(files: VFile[]): Promise<string[]> {
	const { promise, resolve, reject } = Promise.withResolvers<VFile[]>();
	engine(
		{
			...{ processor: remark(), cwd: ROOT, files, output: false, streamError: new PassThrough() },
			plugins: { 'remark-validate-links': { repository: AT_GITHUB, root: ROOT } },
		},
		(error, _code, context) => {
			if (error === undefined || error === null) resolve(context!.files);
			else reject(error);
		},
	);
	return (await promise).flatMap(({ messages }) => messages.map(String));
}
