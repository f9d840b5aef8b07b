import { refuse } from '../../parameters/field';
import { linkAddress } from './address';
import { htmlOf } from './elements';
import { treeOf } from './html-tree';
import {
	type Element,
	type ElementContent,
	fromMarkdown,
	gfm,
	gfmFromMarkdown,
	type MdastRoot,
	type PhrasingContent,
	type Root,
	type RootContent,
	toHast,
} from './libraries';

/*
 * The parser compares signs within one paragraph with each other, and n8n does nothing else meanwhile. Measured:
 * docs/decisions/0013-html-to-markdown.md.
 */
export const MAX_MARKDOWN_CHARS = 100_000;
export const MAX_LINES = 5_000;
export const MAX_CELLS = 10_000;
export const MAX_COMPARISONS = 20_000_000;

/**
 * Converts Markdown with the extensions of GitHub. HTML in it stays text, except what `markdownOf` writes.
 *
 * @throws ExpertError for what is HTML, and for more than can be converted without holding up n8n
 */
export function htmlFromMarkdown(markdown: string): string {
	if (markdown.length > MAX_MARKDOWN_CHARS) refuseMore('100,000 characters');
	if (markdown.split('\n', MAX_LINES + 1).length > MAX_LINES) refuseMore('5,000 lines');
	if (comparisonsIn(markdown) > MAX_COMPARISONS) refuseMore('signs such as * and [ in one paragraph than n8n can read');
	if (TOO_DEEP.test(markdown)) refuseMore('64 lists and quotes within each other');
	const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
	if (tree.children.length > 0 && tree.children.every(isHtml)) refuse(IS_HTML);
	if (cellsIn(tree) > MAX_CELLS) refuseMore('10,000 cells of tables');
	if (repeatedChars(tree) > MAX_MARKDOWN_CHARS) refuseMore('100,000 characters in the addresses of its links');
	joinTags(tree);
	const { children } = toHast(tree, { allowDangerousHtml: true }) as Root;
	return inert(children.map((child) => htmlOf(cleaned(child as ElementContent))).join('')).trim();
}

function refuseMore(than: string): never {
	return refuse({
		message: `The Markdown is too much: it has more than ${than}`,
		description: "Divide the text, or choose HTML as 'Format'.",
		toModel: 'Write a shorter text, with less markup.',
	});
}

const IS_HTML = {
	message: "'Contents' is HTML, and 'Format' is Markdown, so nothing was saved",
	description: "Readers would see the tags. Choose HTML as 'Format'.",
	toModel: 'Readers would see the tags. Write Markdown, such as ## Reset.',
};

/** A table alone is what `markdownOf` gives where Markdown has none for it. */
function isHtml(node: RootContent): boolean {
	return node.type === 'html' ? !TABLE.test(node.value) : isTagged(node);
}

/** A paragraph that begins and ends with tags, such as `<b>…</b>`. */
function isTagged(node: RootContent): boolean {
	if (node.type !== 'paragraph') return false;
	const [first, last] = [node.children[0], node.children.at(-1)];
	return first?.type === 'html' && last?.type === 'html' && !TAG.test(first.value);
}

const TABLE = /^<table[\s>][^]*<\/table>\s*$/;
const TAG = /^<(\/?)(sub|sup|del)>$/;
const BREAK = /^<br\s*\/?>$/i;

/** Each sign of a paragraph may be compared with all before it, and some look for their end in all that follows. */
function comparisonsIn(markdown: string): number {
	const counts = markdown.split(/\n[^\S\n]*\n/).map((piece) => {
		const signs = piece.match(/[![\]*_~`<&]/g)?.length ?? 0;
		const openings = piece.match(/<[!?]/g)?.length ?? 0;
		return signs ** 2 + openings * piece.length;
	});
	return counts.reduce((sum, count) => sum + count, 0);
}

/** Within one line, or by the spaces at its start. */
const TOO_DEEP = /^(?:(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])[ \t])){65}|[ \t]{130,}(?:[*+-]|\d{1,9}[.)])[ \t])/m;

/** Short rows are filled up with empty cells, which are millions in a hostile table. */
function cellsIn(tree: MdastRoot): number {
	let cells = 0;
	visit(tree, (node) => {
		if (node.type === 'table') cells += node.children.length * (node.align?.length ?? 0);
	});
	return cells;
}

/** A definition is written once, and its address at each link that refers to it. */
function repeatedChars(tree: MdastRoot): number {
	let [longest, references] = [0, 0];
	visit(tree, (node) => {
		if (node.type === 'definition') longest = Math.max(longest, node.url.length + (node.title?.length ?? 0));
		if (node.type === 'linkReference' || node.type === 'imageReference') references++;
	});
	return longest * references;
}

function visit(node: MdastRoot | RootContent, see: (node: RootContent) => void): void {
	if (node.type !== 'root') see(node);
	if ('children' in node) for (const child of node.children) visit(child, see);
}

/** Makes elements of tags for which Markdown has no sign, if both are in one element. */
function joinTags(tree: MdastRoot): void {
	visit(tree, (node) => {
		if ('children' in node) node.children = joined(node.children as PhrasingContent[]) as typeof node.children;
	});
}

function joined(nodes: PhrasingContent[]): PhrasingContent[] {
	const done: PhrasingContent[] = [];
	const open: Array<{ name: string; at: number }> = [];
	for (const node of nodes) {
		const [, end, name] = (node.type === 'html' && TAG.exec(node.value)) || [];
		const last = open.at(-1);
		if (end === '/' && last !== undefined && last.name === name) {
			open.pop();
			const [, ...children] = done.splice(last.at);
			done.push({ type: 'delete', data: { hName: name }, children });
			continue;
		}
		if (end === '' && name !== undefined) open.push({ name, at: done.length });
		done.push(node);
	}
	return done;
}

/** Leaves no HTML as it was entered, and no address that runs. */
function cleaned(node: ElementContent | { type: 'raw'; value: string }): ElementContent {
	if (node.type === 'raw') return entered(node.value);
	if (node.type !== 'element') return node;
	const { href, src, ...properties } = node.properties;
	const kept = {
		...properties,
		...(isSafe(href) && { href }),
		...(isSafe(src) && { src }),
	};
	return { ...node, properties: kept, children: node.children.map(cleaned) };
}

function isSafe(address: unknown): boolean {
	return typeof address === 'string' && linkAddress(address, 'https://localhost/') !== undefined;
}

/** HTML as a reader of the Markdown sees it: as text, but for line breaks and tables. */
function entered(html: string): ElementContent {
	if (BREAK.test(html)) return element('br', []);
	if (!TABLE.test(html)) return { type: 'text', value: html };
	const { children } = treeOf(html, { base: 'https://localhost/' });
	return children.length === 1 ? (children[0] as Element) : element('div', children as ElementContent[]);
}

function element(tagName: string, children: ElementContent[]): Element {
	return { type: 'element', tagName, properties: {}, children };
}

/**
 * Keeps apart what a site runs or makes a link of, as in a plain text; also with tags between, entered or written as
 * text, which it may remove.
 */
function inert(html: string): string {
	return html.replace(/\{(?=(?:(?:<|&lt;)(?:(?!&[lg]t;)[^<>])*(?:>|&gt;))*\{)|\[(?=\[)|~~(?=~)/g, '$&\u2060');
}
