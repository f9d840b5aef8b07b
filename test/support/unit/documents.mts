import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

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

/** The text of a file, by its path from the root. */
export function textOf(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** Links of a Markdown document to files of the repository and to its own headings. */
export function markdownLinks(path: string): DocumentLink[] {
	const targets = [...withoutCode(textOf(path)).matchAll(/\]\(([^)\s]+)\)/g)];
	return targets
		.map(([, target = '']) => target)
		.filter((target) => !/^[a-z]+:/.test(target))
		.map((text) => {
			const [file = '', anchor] = text.split('#');
			const linked = file === '' ? path : normalize(join(dirname(path), file));
			return { text, path: linked, ...(anchor === undefined ? {} : { anchor }) };
		});
}

/** Paths from the root that a Markdown document shows as code, such as `test/unit`. */
export function shownPaths(path: string): DocumentLink[] {
	const folders = 'credentials|docs|examples|nodes|scripts|test';
	const shown = textOf(path).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'));
	return [...shown].map(([, text = '']) => ({ text, path: text }));
}

/** Documents that a file names by their path from the root, and headings of the README at GitHub. */
export function documentReferences(path: string): DocumentLink[] {
	const named = [
		...textOf(path).matchAll(
			/(?<![\w/.-])((?:docs\/[\w/-]+|README|ARCHITECTURE|CONTRIBUTING|CHANGELOG|SECURITY|SUPPORT)\.md)(?:#([\w-]+))?/g,
		),
	].map(([text, file = '', anchor]) => ({ text, path: file, anchor }));
	const published = [
		...textOf(path).matchAll(/github\.com\/[\w.-]+\/n8n-nodes-cxone-expert#([\w-]+)/g),
	].map(([text, anchor]) => ({ text, path: 'README.md', anchor }));
	return [...named, ...published].map(({ text, path: file, anchor }) => ({
		...{ text, path: file },
		// GitHub shows the README of a repository under this name.
		...(anchor === undefined || anchor === 'readme' ? {} : { anchor }),
	}));
}

/** Why a link leads nowhere; `undefined` when it leads somewhere. */
export function whyBroken({ text, path, anchor }: DocumentLink): string | undefined {
	if (!existsSync(join(ROOT, path))) return `${text}: there is no ${path}`;
	if (anchor === undefined || anchors(textOf(path)).has(anchor)) return undefined;
	return `${text}: ${path} has no heading #${anchor}`;
}

/** The anchors that GitHub gives the headings of a document. */
export function anchors(markdown: string): Set<string> {
	const found = new Set<string>();
	for (const [, heading = ''] of withoutCode(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)) {
		const anchor = anchorOf(heading);
		let unique = anchor;
		for (let copy = 1; found.has(unique); copy++) unique = `${anchor}-${copy}`;
		found.add(unique);
	}
	return found;
}

/** GitHub drops punctuation, turns each space into a hyphen, and shows a link by its text. */
function anchorOf(heading: string): string {
	return heading
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.toLowerCase()
		.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
		.replaceAll(' ', '-');
}

function withoutCode(markdown: string): string {
	return markdown.replace(/^```[\s\S]*?^```/gm, '');
}
