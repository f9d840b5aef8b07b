import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { marked, type Token } from 'marked';
import { documentAt, SITE } from '../../../site/pages.mts';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../../..');

/** Files of the repository by patterns from its root; nothing that is installed or built. */
export function filesOf(...patterns: string[]): string[] {
	return globSync(patterns, { cwd: ROOT, exclude: ['**/node_modules', '.cache', 'dist'] }).sort();
}

/** All documents of the repository. */
export const documents = filesOf('*.md', '.github/*.md', 'docs/**/*.md', 'examples/**/*.md', 'test/**/*.md');

/** The text of a file, by its path from the root. */
export function textOf(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** Everything in a Markdown text, each token before what is in it. */
export function tokensOf(markdown: string): Token[] {
	const found: Token[] = [];
	void marked.walkTokens(marked.lexer(markdown), (token) => {
		found.push(token);
	});
	return found;
}

/** Links and pictures of a Markdown document that lead to files of the repository. */
export function markdownLinks(document: string): Array<{ path: string }> {
	return tokensOf(textOf(document))
		.flatMap((token) => {
			if (token.type === 'html') return htmlTargets(token.raw);
			return token.type === 'link' || token.type === 'image' ? [String(token.href)] : [];
		})
		.filter((target) => !/^([a-z]+:|#)/.test(target))
		.map((target) => ({ path: join(dirname(document), target.replace(/#.*/, '')) }));
}

/** Links and images of the HTML in a Markdown text. */
function htmlTargets(text: string): string[] {
	return matchesIn(text, /\b(?:href|src|srcset)="([^"]+)"/g);
}

/** Paths from the root that a Markdown text shows as code, such as `test/unit`. */
export function shownPaths(text: string): string[] {
	return matchesIn(text, /`((?:credentials|docs|examples|nodes|scripts|test)\/[\w./-]*)`/g);
}

/** Documents that code names by their path from the root or their address, perhaps with a heading. */
export function namedDocuments(code: string): string[] {
	return [
		...matchesIn(
			code,
			/(?<![\w/.-])((?:docs\/[\w/-]+|README|ARCHITECTURE|CHANGELOG|\.github\/[\w-]+)\.md(?:#[\w-]+)?)/g,
		),
		...publishedDocuments(code),
	];
}

/** Documents whose address at GitHub or on the docs site a text names, perhaps with a heading. */
export function publishedDocuments(text: string): string[] {
	const atGitHub = /github\.com\/[\w.-]+\/n8n-nodes-cxone-expert(?:\/blob\/main\/([\w./-]+))?(#[\w-]+)?/g;
	const published = [...text.matchAll(atGitHub)].map(([, file = 'README.md', heading = '']) => `${file}${heading}`);
	return [...published, ...sitePages(text)];
}

/** Documents whose pages on the docs site a text names; for an address without a page, a file that is not there. */
function sitePages(text: string): string[] {
	const [, ...named] = text.split(SITE);
	return named.map((rest) => {
		const [, page = '', heading = ''] = /^([\w/-]*(?:\.\w+)*)(#[\w-]+)?/.exec(rest) ?? [];
		return `${documentAt(page) ?? `site/none/${page}`}${heading}`;
	});
}

function matchesIn(text: string, pattern: RegExp): string[] {
	return [...text.matchAll(pattern)].map(([, match = '']) => match);
}

/** Commands in a text that name a script, a program or a project which is not there. */
export function unknownCommands(text: string): string[] {
	const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
	const projects = textOf('vitest.config.mts');
	const unknown = (pattern: RegExp, isKnown: (name: string) => boolean) =>
		[...text.matchAll(pattern)].flatMap(([command, name = '']) => (isKnown(name) ? [] : command));
	return [
		...unknown(/\bnpm run ([\w:-]+)/g, (name) => name in scripts),
		...unknown(/\bnode ((?:test|scripts)\/[\w./-]+)/g, (path) => existsSync(join(ROOT, path))),
		...unknown(/\bnpx vitest run --project ([a-z][\w-]*)/g, (name) => projects.includes(`name: '${name}'`)),
	];
}

/** Visible text of a token: of a link, of emphasis, of code. */
export function plainText(token: Token): string {
	if ('tokens' in token && token.tokens !== undefined) return token.tokens.map(plainText).join('');
	return 'text' in token ? String(token.text) : '';
}
