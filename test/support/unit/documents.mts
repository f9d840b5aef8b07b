import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import GithubSlugger from 'github-slugger';
import { marked, type Token } from 'marked';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../../..');

/** A link to a file of the repository, from its root, and to a heading in it. */
export interface DocumentLink {
	/** As it is written. */
	text: string;
	path: string;
	anchor?: string;
}

/** Files of the repository by patterns from its root; nothing that is installed or built. */
export function filesOf(...patterns: string[]): string[] {
	return globSync(patterns, { cwd: ROOT, exclude: ['**/node_modules', '.cache', 'dist'] }).sort();
}

/** All documents of the repository. */
export const documents = filesOf(
	'*.md',
	'.github/*.md',
	'docs/**/*.md',
	'examples/**/*.md',
	'test/**/*.md',
);

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

/** Links and images of a Markdown document to files of the repository and to its own headings. */
export function markdownLinks(path: string): DocumentLink[] {
	return tokensOf(textOf(path))
		.flatMap(targetsOf)
		.filter((target) => !/^[a-z]+:/.test(target))
		.map((text) => {
			const [file = '', anchor] = text.split('#');
			const linked = file === '' ? path : normalize(join(dirname(path), file));
			return { text, path: linked, ...(anchor === undefined ? {} : { anchor }) };
		});
}

/** Links and images of a Markdown document to other sites. */
export function webLinks(path: string): string[] {
	return tokensOf(textOf(path))
		.flatMap(targetsOf)
		.filter((target) => /^https?:/.test(target));
}

/** Where a link, an image or a piece of HTML leads. */
function targetsOf(token: Token): string[] {
	if (token.type === 'link' || token.type === 'image') return [String(token.href)];
	if (token.type !== 'html') return [];
	return [...token.raw.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)].map(
		([, target = '']) => target,
	);
}

/** Paths from the root that a Markdown document shows as code, such as `test/unit`. */
export function shownPaths(path: string): DocumentLink[] {
	const folders = 'credentials|docs|examples|nodes|scripts|test';
	const shown = textOf(path).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'));
	return [...shown].map(([, text = '']) => ({ text, path: text }));
}

/** Documents that a file names by their path from the root or by their address at GitHub. */
export function documentReferences(path: string): DocumentLink[] {
	const named = [
		...textOf(path).matchAll(
			/(?<![\w/.-])((?:docs\/[\w/-]+|README|ARCHITECTURE|CONTRIBUTING|CHANGELOG|SECURITY|SUPPORT)\.md)(?:#([\w-]+))?/g,
		),
	].map(([text, file = '', anchor]) => ({ text, path: file, anchor }));
	const published = [
		...textOf(path).matchAll(
			/github\.com\/[\w.-]+\/n8n-nodes-cxone-expert(?:\/blob\/main\/([\w./-]+))?(?:#([\w-]+))?/g,
		),
	].map(([text, file = 'README.md', anchor]) => ({ text, path: file, anchor }));
	return [...named, ...published].map(({ text, path: file, anchor }) => ({
		...{ text, path: file },
		// GitHub shows the README of a repository under this name.
		...(anchor === undefined || anchor === 'readme' ? {} : { anchor }),
	}));
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
		...unknown(/\bnpx vitest run --project ([a-z][\w-]*)/g, (name) =>
			projects.includes(`name: '${name}'`),
		),
	];
}

/** Why a link leads nowhere; `undefined` when it leads somewhere. */
export function whyBroken({ text, path, anchor }: DocumentLink): string | undefined {
	if (!existsSync(join(ROOT, path))) return `${text}: there is no ${path}`;
	if (anchor === undefined || anchors(textOf(path)).has(anchor)) return undefined;
	return `${text}: ${path} has no heading #${anchor}`;
}

/** The anchors that GitHub gives the headings of a document. */
export function anchors(markdown: string): Set<string> {
	const slugger = new GithubSlugger();
	const headings = tokensOf(markdown).filter(({ type }) => type === 'heading');
	return new Set(headings.map((heading) => slugger.slug(plainText(heading))));
}

/** What a reader sees of a token: the text of a link, of emphasis, of code. */
export function plainText(token: Token): string {
	if ('tokens' in token && token.tokens !== undefined) return token.tokens.map(plainText).join('');
	return 'text' in token ? String(token.text) : '';
}
