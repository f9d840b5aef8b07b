import { Document, parseXmlDocument, XMLSerializer, type Element as DomElement } from 'slimdom';

/** Plain data for one document: `@name` is an attribute, `#` text, a list repeats its element. */
export type XmlData = { [name: string]: XmlValue | XmlValue[] };
type XmlValue = XmlData | string | number | boolean;

/** What was written lately: a site gives the same responses again and again. */
const written = new Map<string, string>();
const MAX_WRITTEN = 1000;

/** XML text without a declaration, as deliveries and responses are. */
export function buildXml(data: XmlData): string {
	const key = JSON.stringify(data);
	const known = written.get(key);
	if (known !== undefined) return known;
	const text = writeXml(data);
	if (written.size >= MAX_WRITTEN) written.clear();
	written.set(key, text);
	return text;
}

function writeXml(data: XmlData): string {
	const document = new Document();
	const [root, ...others] = Object.entries(data).flatMap(([name, value]) =>
		elementsOf(document, name, value),
	);
	if (root === undefined || others.length > 0) throw new Error('a document has one root');
	return new XMLSerializer().serializeToString(root);
}

function elementsOf(document: Document, name: string, value: XmlValue | XmlValue[]): DomElement[] {
	return [value].flat().map((each) => {
		const element = document.createElementNS(null, name);
		if (typeof each === 'object') fill(document, element, each);
		else addText(document, element, each);
		return element;
	});
}

function fill(document: Document, element: DomElement, data: XmlData): void {
	for (const [name, value] of Object.entries(data)) {
		if (typeof value === 'object') element.append(...elementsOf(document, name, value));
		else if (name.startsWith('@')) element.setAttribute(name.slice(1), String(value));
		else if (name === '#') addText(document, element, value);
		else element.append(...elementsOf(document, name, value));
	}
}

function addText(document: Document, element: DomElement, text: Exclude<XmlValue, XmlData>): void {
	if (text !== '') element.append(document.createTextNode(String(text)));
}

export class XmlError extends Error {}

/**
 * Reads a document; throws XmlError unless it is one well-formed element: see
 * docs/vendor-facts.md#writing-pages.
 */
export function readXml(text: string): Element {
	try {
		return parseXmlDocument(text).documentElement as unknown as Element;
	} catch (error) {
		throw new XmlError((error as Error).message);
	}
}

/** Each element and attribute by its path, once: `page`, `page/title`, `page/@id`. */
export function partsOf(text: string): string[] {
	const root = parseXmlDocument(text).documentElement!;
	return [...new Set([root.nodeName, ...nodesBelow(root).map(({ path }) => path)])];
}

/** The document without the elements or the attributes of one path; another one instead of the root. */
export function withoutPart(text: string, part: string): string {
	const document = parseXmlDocument(text);
	const root = document.documentElement!;
	if (root.nodeName === part) return '<other/>';
	const nodes = nodesBelow(root).filter(({ path }) => path === part);
	for (const { remove } of nodes) remove();
	return new XMLSerializer().serializeToString(document);
}

function nodesBelow(
	element: DomElement,
	path = element.nodeName,
): Array<{ path: string; remove: () => void }> {
	const attributes = element.attributes.map(({ name }) => ({
		path: `${path}/@${name}`,
		remove: () => element.removeAttribute(name),
	}));
	const elements = element.children.flatMap((child) => {
		const inner = `${path}/${child.nodeName}`;
		return [{ path: inner, remove: () => child.remove() }, ...nodesBelow(child, inner)];
	});
	return [...attributes, ...elements];
}

/** The few DOM members the simulator reads. */
export interface Element {
	nodeName: string;
	textContent: string;
	childNodes: Iterable<Element>;
	attributes: Iterable<{ name: string; value: string }>;
	nodeType: number;
	getAttribute(name: string): string | null;
}

export function childrenOf(parent: Element): Element[] {
	return [...parent.childNodes].filter((node) => node.nodeType === 1);
}

/** Text of the first child of that name; undefined when there is none. */
export function childText(parent: Element, name: string): string | undefined {
	return childrenOf(parent).find((node) => node.nodeName === name)?.textContent;
}
