import { create } from 'xmlbuilder2';

/** Plain data for one document: `@name` is an attribute, `#` text, a list repeats its element. */
export type XmlData = { [name: string]: XmlValue | XmlValue[] };
type XmlValue = XmlData | string | number | boolean;

/** XML text without a declaration, as deliveries and answers are. */
export function buildXml(data: XmlData): string {
	return create(escapeAmpersands(data) as XmlData).end({ headless: true });
}

/**
 * xmlbuilder2 takes entities in a text for markup: it decodes them when it reads the object and does
 * not escape them when it writes. Here text is text: this is what survives both as `&amp;`.
 */
function escapeAmpersands(value: XmlValue | XmlValue[]): XmlValue | XmlValue[] {
	if (typeof value === 'string') return value.replaceAll('&', '&#38;amp;');
	if (typeof value !== 'object') return value;
	if (Array.isArray(value)) return value.map((each) => escapeAmpersands(each) as XmlValue);
	const entries = Object.entries(value);
	return Object.fromEntries(entries.map(([name, each]) => [name, escapeAmpersands(each)]));
}

export class XmlError extends Error {}

/** Reads a document; throws XmlError unless it is one well-formed element. */
export function readXml(text: string): Element {
	assertWellFormed(text);
	try {
		// xmlbuilder2 decodes twice; a numeric entity passes its first round untouched.
		const once = text.replace(cdataOrAmp, (part) => (part === '&amp;' ? '&#38;' : part));
		const root = create(once).root().node;
		return root as unknown as Element;
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

const tokens =
	/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<!DOCTYPE[^>]*>|<(\/?)([^\s<>/]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g;

const cdataOrAmp = /<!\[CDATA\[[^]*?\]\]>|&amp;/g;
const cdata = /<!\[CDATA\[[^]*?\]\]>/g;

/**
 * xmlbuilder2 reads leniently (it closes open tags by itself). The vendor refuses unclosed tags and
 * HTML entities (§7.3), so tags must balance and entities must be XML's own.
 */
function assertWellFormed(text: string): void {
	const open: string[] = [];
	let roots = 0;
	const rest = text.replace(
		tokens,
		(_token, slash, name: string | undefined, _attributes, empty) => {
			if (name === undefined) return '';
			if (open.length === 0) roots++;
			if (slash === '/' && open.pop() !== name) throw new XmlError(`unexpected </${name}>`);
			if (slash === '' && empty === '') open.push(name);
			return '';
		},
	);
	if (open.length > 0) throw new XmlError(`<${open.at(-1)}> is not closed`);
	if (roots !== 1 || rest.includes('<')) throw new XmlError('not one XML element');
	const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)[^;\s]*;?/i.exec(
		text.replace(cdata, ''),
	);
	if (entity) throw new XmlError(`unknown entity ${entity[0]}`);
}

/** §6.2: what `dream.out.format=json` makes of a document; the root name is dropped. */
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
