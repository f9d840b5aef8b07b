import { type Attributes, classesOf } from './left-out';
import type { Element, ElementContent, Root, Text } from './libraries';

export type Parent = Root | Element;

export function addElement(parent: Parent, tagName: string, properties: Element['properties'] = {}): Element {
	const element: Element = { type: 'element', tagName, properties, children: [] };
	parent.children.push(element);
	return element;
}

export function addText(parent: Parent, text: string): void {
	const last = parent.children.at(-1);
	if (last?.type === 'text') last.value += text;
	else parent.children.push({ type: 'text', value: text });
}

export function isCode(parent: Parent): parent is Element {
	return parent.type === 'element' && parent.tagName === 'code';
}

/** Drops a first empty line, as browsers do within `pre`. */
export function dropFirstLineEnd({ children: [first] }: Element): void {
	if (first?.type === 'text') first.value = first.value.replace(/^\r?\n/, '');
}

export function isBlank(node: Root['children'][number]): boolean {
	return node.type === 'text' && node.value.trim() === '';
}

const IN_LINES = new Set(['a', 'br', 'code', 'del', 'em', 'img', 'q', 'strong', 'sub', 'sup']);

function isBlock({ tagName }: Element): boolean {
	return !IN_LINES.has(tagName);
}

export function hasBlock({ children }: Element): boolean {
	return children.some((each) => each.type === 'element' && (isBlock(each) || hasBlock(each)));
}

export function isList({ tagName }: Element): boolean {
	return tagName === 'ol' || tagName === 'ul';
}

/** Lifts items out of blocks, such as a reused text: an item counts in the next list around it. */
export function itemsOf({ children }: Element): ElementContent[] {
	return children.flatMap((child) =>
		child.type === 'element' && child.tagName !== 'li' && hasItem(child) ? itemsOf(child) : [child],
	);
}

function hasItem(element: Element): boolean {
	if (element.tagName === 'li') return true;
	if (isList(element) || element.tagName === 'table') return false;
	return element.children.some((child) => child.type === 'element' && hasItem(child));
}

/** Puts a heading on one line: what stands on lines of its own gets spaces around it. */
export function inOneLine(element: Element): Element {
	const line: Element = { ...element, children: [] };
	for (const child of element.children) {
		const part = child.type === 'element' ? inOneLine(child) : child;
		if (part.type === 'element' && (isBlock(part) || part.tagName === 'br')) {
			addText(line, ' ');
			addAll(line, part.children);
			addText(line, ' ');
		} else if (!isWithoutText(part)) addAll(line, [part]);
	}
	return line;
}

/** Whether only signs would be left of it, as of a link without words. */
function isWithoutText(part: ElementContent): boolean {
	return part.type === 'element' && part.tagName !== 'img' && part.children.every(isBlank);
}

/**
 * Moves out of a phrase what Markdown cannot emphasize: blocks, such as those that are pasted with a `b` around all of
 * them, and spaces at the ends, which need codes for themselves and for the letters beside them.
 */
export function closePhrase(phrase: Element, parent: Parent): void {
	const { children, tagName } = phrase;
	parent.children.pop();
	if (tagName !== 'code' && hasBlock(phrase)) return addAll(parent, children);
	const first = textAt(0, phrase);
	if (first !== undefined && /^\s/.test(first.value)) {
		first.value = first.value.trimStart();
		addText(parent, ' ');
	}
	let end = children.length;
	while (end > 0 && isSpace(children[end - 1]!)) end--;
	const outside = children.splice(end);
	const last = textAt(-1, phrase);
	if (last !== undefined && /\s$/.test(last.value)) {
		last.value = last.value.trimEnd();
		outside.unshift({ type: 'text', value: ' ' });
	}
	addAll(parent, children.length > 0 ? [phrase, ...outside] : outside);
}

function textAt(end: 0 | -1, { children }: Element): Text | undefined {
	const node = children.at(end);
	if (node?.type === 'element') return textAt(end, node);
	return node?.type === 'text' ? node : undefined;
}

const JOINED = new Set(['code', 'em', 'strong']);

/** Joins neighbours, because Markdown would treat the marks between them as text. */
function addAll(parent: Parent, nodes: ElementContent[]): void {
	for (const node of nodes) {
		const last = parent.children.at(-1);
		const isJoined = node.type === 'element' && JOINED.has(node.tagName);
		if (node.type === 'text') addText(parent, node.value);
		else if (isJoined && last?.type === 'element' && last.tagName === node.tagName) addAll(last, node.children);
		else parent.children.push(node);
	}
}

export function isSpace(node: ElementContent): boolean {
	return isBlank(node) || (node.type === 'element' && node.tagName === 'br');
}

/** Returns the only attributes that are passed on besides addresses. */
export function propertiesOf(name: string, attributes: Attributes): Element['properties'] {
	if (name === 'ol') return numberOf('start', attributes);
	if (name === 'li') return numberOf('value', attributes);
	if (name !== 'td' && name !== 'th') return {};
	const { colspan, rowspan, align, style = '' } = attributes;
	const aligned = align ?? /text-align:\s?(left|right|center)/.exec(style)?.[1];
	return { ...numbers({ colSpan: colspan, rowSpan: rowspan }), ...(aligned && { align: aligned }) };
}

/** Reads the number of a list or an item. Markdown has none below 0 or of more than nine digits. */
function numberOf(name: 'start' | 'value', attributes: Attributes): Record<string, number> {
	const text = attributes[name]?.trim() ?? '';
	return /^\d{1,8}$/.test(text) ? { [name]: Number(text) } : {};
}

function numbers(attributes: Record<string, string | undefined>): Record<string, number> {
	const entries = Object.entries(attributes).map(([name, text]) => [name, Number(text)] as const);
	return Object.fromEntries(entries.filter(([, number]) => number > 1 && number < 10_000));
}

/** Opens a note, a warning or a conditional text. Its title is what readers see above it, or says who sees it. */
export function openedBox(parent: Parent, title: string): Element {
	const box = addElement(parent, 'blockquote');
	const text = title.slice(0, 200).replace(/<[^<>]*>/g, '');
	addText(addElement(addElement(box, 'p'), 'strong'), text);
	return box;
}

export function isBox(attributes: Attributes): boolean {
	return classesOf(attributes).includes('style-wrap') && !!attributes.title?.trim();
}

/** Opens lines of code, whose language can stand at `pre` or at the `code` in it. */
export function openedLines(parent: Parent, attributes: Attributes): Element {
	return addElement(addElement(parent, 'pre'), 'code', languageOf(attributes));
}

export function openedCode(parent: Parent, attributes: Attributes): Element {
	if (!isCode(parent)) return addElement(parent, 'code');
	Object.assign(parent.properties, languageOf(attributes));
	return parent;
}

function languageOf(attributes: Attributes): Element['properties'] {
	const language = classesOf(attributes).find((each) => /^language-[\w+#.-]+$/.test(each));
	return language === undefined ? {} : { className: [language] };
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Writes HTML that stays one block in Markdown, which an empty line would end. */
export function htmlOf(node: ElementContent): string {
	if (node.type === 'text') return escapedHtml(node.value).replace(/\n(?=[^\S\n]*\n)/g, '&#10;');
	if (node.type !== 'element') return '';
	const { tagName, properties, children } = node;
	const attributes = Object.entries(properties).map(
		([name, value]) => ` ${name.toLowerCase().replace('classname', 'class')}="${escapedHtml(String(value))}"`,
	);
	const start = `<${tagName}${attributes.join('')}>`;
	if (['br', 'hr', 'img', 'input'].includes(tagName)) return start;
	return `${start}${children.map(htmlOf).join('')}</${tagName}>${tagName === 'tr' ? '\n' : ''}`;
}

/** Escapes text for HTML, attributes included. */
export function escapedHtml(text: string): string {
	return text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);
}
