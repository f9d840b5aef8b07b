import { refuse } from '../../parameters/field';
import { imageAddress, linkAddress } from './address';
import {
	addElement,
	addText,
	closePhrase,
	dropFirstLineEnd,
	hasBlock,
	inOneLine,
	isBlank,
	isCode,
	isBox,
	isList,
	itemsOf,
	openedBox,
	openedCode,
	openedLines,
	type Parent,
	propertiesOf,
} from './elements';
import { type Attributes, hasVisibleLetters, isLeftOut, withJoinedSurrogates, seenText } from './left-out';
import { type Element, Parser, type Root } from './libraries';

export interface HtmlOptions {
	/** Address of the page, for links and images that are relative to it. */
	base: string;
	/** Whether to keep what authors hide from AI. */
	isHiddenKept?: boolean;
}

const KEPT = new Set([
	...['blockquote', 'br', 'caption', 'dd', 'dl', 'dt', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr'],
	...['li', 'ol', 'p', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'ul'],
]);

/** Elements within a line, by the names of those that mean the same. */
const PHRASES = new Map([
	...['a', 'del', 'em', 'q', 'strong', 'sub', 'sup'].map((name) => [name, name] as const),
	...[['b', 'strong'] as const, ['i', 'em'] as const, ['s', 'del'] as const],
	...['kbd', 'samp', 'tt'].map((name) => [name, 'code'] as const),
	['strike', 'del'],
]);

/** Elements that stand on lines of their own. All that are in none of these lists leave only their text. */
const BLOCKS = new Set([
	...['address', 'article', 'aside', 'center', 'details', 'dir', 'div', 'fieldset', 'figcaption'],
	...['figure', 'footer', 'form', 'header', 'hgroup', 'legend', 'main', 'menu', 'nav', 'search'],
	...['section', 'summary'],
]);

const EMPTY = new Set(['br', 'hr', 'img', 'td', 'th', 'tr', 'thead', 'tbody', 'tfoot']);

/*
 * The conversion takes time for each element and each level, and n8n does nothing else meanwhile. Measured:
 * docs/decisions/0013-html-to-markdown.md.
 */
export const MAX_HTML_CHARS = 1_000_000;
export const MAX_ELEMENTS = 10_000;
export const MAX_DEPTH = 64;

/** Builds a tree of what a reader reads, with attributes and addresses that can be passed on. */
export function treeOf(html: string, options: HtmlOptions): Root {
	if (html.length > MAX_HTML_CHARS) return refuseMore('1,000,000 characters of HTML');
	const tree = new HtmlTree(options);
	new Parser(tree).end(withJoinedSurrogates(html));
	return tree.root;
}

function refuseMore(than: string): never {
	return refuse({
		message: `The text is too much for Markdown: it has more than ${than}`,
		description: "Choose another 'Format', or divide the page in Expert.",
		toModel: 'If you have a tool that reads the page as HTML or text, use it.',
	});
}

class HtmlTree {
	readonly root: Root = { type: 'root', children: [] };
	private readonly options: HtmlOptions;
	/** Where the contents of each open element go; `undefined` for what is left out. */
	private readonly open: Array<Parent | undefined> = [this.root];
	/** Whether the letters of each open element can be seen. */
	private readonly isVisible: boolean[] = [];
	private elements = 0;

	constructor(options: HtmlOptions) {
		this.options = options;
	}

	onopentag(name: string, attributes: Attributes): void {
		this.count(1);
		const isShown = this.options.isHiddenKept || hasVisibleLetters(attributes);
		this.isVisible.push(isShown ?? this.isVisible.at(-1) ?? true);
		if (this.open.length > MAX_DEPTH) refuseMore('64 elements within each other');
		const parent = this.open.at(-1);
		const isIn = parent !== undefined && !isLeftOut(name, attributes, this.options.isHiddenKept);
		// The next item keeps its number.
		if (parent !== undefined && !isIn && isNumbered(name, parent)) addElement(parent, name);
		this.open.push(isIn ? this.opened(parent, name, attributes) : undefined);
	}

	/**
	 * Removes elements without contents: they would leave signs, such as those of a heading. What stands around a block
	 * stays apart, also if the block is left out.
	 */
	onclosetag(name: string): void {
		this.isVisible.pop();
		const closed = this.open.pop();
		const parent = this.open.at(-1);
		if (parent === undefined || closed === parent) return;
		if (closed?.type === 'element') {
			if (name === 'pre') dropFirstLineEnd(closed);
			if (EMPTY.has(closed.tagName) || isNumbered(closed.tagName, parent)) return;
			// The library expects one line.
			if (/^h\d$/.test(closed.tagName)) closed.children = inOneLine(closed).children;
			if (!closed.children.every(isBlank)) return this.close(closed, parent);
			parent.children.pop();
		}
		if (closed?.children.length || BLOCKS.has(name) || KEPT.has(name)) addText(parent, ' ');
	}

	/** Moves spaces out of phrases; only code keeps them where they are. */
	private close(closed: Element, parent: Parent): void {
		const { tagName } = closed;
		// The library expects one line in it.
		if (tagName === 'p' && hasBlock(closed)) closed.tagName = 'div';
		if (isList(closed)) closed.children = itemsOf(closed);
		const isPhrase = ['code', 'em', 'strong'].includes(tagName) && parent.children.at(-1) === closed;
		if (isPhrase && !this.isIn(/^code$/)) closePhrase(closed, parent);
	}

	ontext(text: string): void {
		const parent = this.open.at(-1);
		if (parent === undefined || this.isVisible.at(-1) === false) return;
		if (isCode(parent)) this.count(text.split('\n').length - 1);
		addText(parent, seenText(text.replaceAll('\u00A0', ' ')));
	}

	/** Counts elements, and lines of code, because each is indented in lists and quotes. */
	private count(more: number): void {
		this.elements += more;
		if (this.elements > MAX_ELEMENTS) refuseMore('10,000 elements and lines of code');
	}

	private opened(parent: Parent, name: string, attributes: Attributes): Parent | undefined {
		if (name === 'img') return this.addImage(parent, attributes);
		if (name === 'iframe') return this.addFrame(parent, attributes);
		if (name === 'pre') return openedLines(parent, attributes);
		if (name === 'code') return openedCode(parent, attributes);
		if (isBox(attributes)) return this.openedBox(parent, attributes);
		if (BLOCKS.has(name)) return addElement(parent, 'div');
		if (KEPT.has(name)) return addElement(parent, name, propertiesOf(name, attributes));
		return this.openedPhrase(parent, PHRASES.get(name), attributes);
	}

	private openedBox(parent: Parent, { title = '' }: Attributes): Parent {
		this.count(3);
		return openedBox(parent, title);
	}

	/** Opens a phrase once only: emphasis within emphasis, or a link within a link, says nothing more. */
	private openedPhrase(parent: Parent, name: string | undefined, attributes: Attributes): Parent {
		if (name === undefined || this.isIn(new RegExp(`^${name}$`))) return parent;
		if (name !== 'a') return addElement(parent, name);
		const href = linkAddress(attributes.href, this.options.base);
		return href === undefined ? parent : addElement(parent, name, { href });
	}

	private isIn(name: RegExp): boolean {
		return this.open.some((each) => each?.type === 'element' && name.test(each.tagName));
	}

	private addImage(parent: Parent, { src, alt = '' }: Attributes): undefined {
		const address = imageAddress(src, this.options.base);
		if (address === undefined || isCode(parent)) addText(parent, alt);
		else addElement(parent, 'img', { src: address, alt: alt.replace(/\s+/g, ' ') });
	}

	/** Adds a link to what a frame shows, such as a video. */
	private addFrame(parent: Parent, { src, title }: Attributes): undefined {
		const href = imageAddress(src, this.options.base);
		if (href !== undefined) addText(addElement(parent, 'a', { href }), title?.trim() || href);
	}
}

/** Whether an item is numbered. An empty one stays, because the number of the next one depends on it. */
function isNumbered(tagName: string, parent: Parent): boolean {
	return tagName === 'li' && parent.type === 'element' && parent.tagName === 'ol';
}
