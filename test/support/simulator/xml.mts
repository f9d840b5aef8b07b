import { Document, parseXmlDocument, XMLSerializer, type Element as DomElement } from 'slimdom';

/** Plain data for one document: `@name` is an attribute, `#` text, a list repeats its element. */
export type XmlData = { [name: string]: XmlValue | XmlValue[] };
type XmlValue = XmlData | string | number | boolean;

/** XML text without a declaration, as deliveries and responses are. */
export function buildXml(data: XmlData): string {
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

/**
 * What `dream.out.format=json` makes of a document; the root name is dropped: see
 * docs/vendor-facts.md#xml-and-json.
 */
export function xmlToJson(text: string): unknown {
	return elementToJson(readXml(text));
}

function elementToJson(element: Element): unknown {
	const children = childrenOf(element);
	const attributes = [...element.attributes];
	const text = jsonText(children.length > 0 ? '' : element.textContent);
	if (children.length === 0 && attributes.length === 0) return text;
	const result: Record<string, unknown> = {};
	for (const { name, value } of attributes) result[`@${name}`] = value;
	if (text !== '') result['#text'] = text;
	for (const name of new Set(children.map((child) => child.nodeName))) {
		const values = children.filter((child) => child.nodeName === name).map(elementToJson);
		result[name] = values.length > 1 ? values : values[0];
	}
	return result;
}

/** ISO dates turn into RFC 1123; white space alone into the empty text. */
function jsonText(text: string): string {
	if (text.trim() === '') return '';
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? new Date(text).toUTCString() : text;
}
