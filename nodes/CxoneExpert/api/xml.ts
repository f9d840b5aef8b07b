import { type MatcherView, XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';

/**
 * The only file that knows the XML library.
 *
 * Elements are plain objects: attributes are prefixed with `@`, text beside attributes or children
 * is `#text`, a text-only element is that text, an empty one `''`. Values are always text (`0012`
 * stays `0012`); elements in {@link LISTS} are always lists.
 */
export type XmlValue = string | XmlElement | XmlValue[];
export interface XmlElement {
	[name: string]: XmlValue;
}

export interface XmlDocument {
	name: string;
	root: XmlElement;
}

/**
 * Longest document of a delivery; bodies have 1 to 5 kB. Parsing blocks n8n: the worst case
 * (nothing but attributes) takes 0.3 s of the one second.
 */
export const MAX_DOCUMENT_CHARS = 512 * 1024;
/** Longest API response. It comes from the credential's own site, and no delivery waits for it. */
export const MAX_RESPONSE_CHARS = 32 * 1024 * 1024;
/** Each takes 250 bytes of memory and more. A list of 1,000 pages, the longest, has fewer than 200,000. */
const MAX_TAGS = 500_000;
/** The vendor's deepest document has 7 levels. */
export const MAX_NESTING = 64;

/** Elements that may repeat: always a list, even of one. */
const LISTS = new Set([
	'event',
	'group',
	'header',
	'page',
	'page.archive',
	'page.subpage',
	'param',
	'property',
	'result',
	'tag',
	'user',
	'webhook',
	'file',
]);

/** Parents in which those elements really repeat; elsewhere (`event/page`) there is one. */
const LIST_PARENTS = new Set([
	'deletedpages',
	'events',
	'files',
	'groups',
	'headers',
	'pages',
	'pages.archive',
	'pages.copied',
	'pages.moved',
	'pages.restored',
	'parameters',
	'properties',
	'search',
	'subpages',
	'tags',
	'tags-added',
	'tags-removed',
	'users',
	'webhooks',
]);

function isList(name: string, path: unknown): boolean {
	if (!LISTS.has(name)) return false;
	const parent = (path as MatcherView).toArray().at(-2);
	return parent !== undefined && LIST_PARENTS.has(parent);
}

const parser = new XMLParser({
	ignoreAttributes: false,
	attributeNamePrefix: '@',
	// Don't guess types: that would alter `1.10`, `0x1F` and 20-digit masks.
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: true,
	ignoreDeclaration: true,
	ignorePiTags: true,
	// DOCTYPEs are refused earlier: only predefined and numeric references are left, and those only
	// shrink the text.
	processEntities: { enabled: true, maxExpandedLength: MAX_RESPONSE_CHARS },
	htmlEntities: true,
	isArray: isList,
	// Passing paths as text rebuilds one for each element: with long names, 1 MB took half a minute.
	jPath: false,
	// The parser allows one level more than it is told.
	maxNestedTags: MAX_NESTING - 1,
	strictReservedNames: true,
});

/**
 * Parses an XML document; never throws. The parser alone accepts truncated documents, mismatched
 * tags and two roots, so validate first and count the roots. Both ignore text after the root, so
 * check for it. Refuse any DOCTYPE: no webhook needs one, and it enables entity expansion.
 *
 * @returns the reason, for people, when it cannot be read
 */
export function readXml(text: string, maxChars = MAX_DOCUMENT_CHARS): XmlDocument | string {
	if (text.trim() === '') return 'the document is empty';
	if (text.length > maxChars) {
		return `the document is longer than ${maxChars} characters`;
	}
	if (/<!DOCTYPE/i.test(text)) return 'the document has a DOCTYPE';
	try {
		const verdict = XMLValidator.validate(text);
		if (verdict !== true) {
			return `not well-formed XML (line ${verdict.err.line})`;
		}
		if (!text.trimEnd().endsWith('>')) {
			return 'there is text behind the root element';
		}
		return oneRoot(parser.parse(withNothingToDrop(text)) as XmlElement);
	} catch (error) {
		// Only the library's limits end here (nesting, reserved names); its messages hold no content.
		return `the XML reader gave up: ${(error as Error).message}`;
	}
}

/**
 * Comments and CDATA, which stay; references; spaces that the parser trims and XML (2.3) does not know as such. In an
 * attribute, what looks like a comment may have no end: then it takes the rest, which is searched once only.
 */
const PERHAPS_DROPPED = /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|&#(?:x([\da-f]+)|(\d+));|[^\S \t\r\n]/gi;

/**
 * The parser drops references to what XML forbids. They become U+FFFD: a text that has it must not be saved. Two of
 * them can be one character together, as older sites write emoji.
 */
function withNothingToDrop(text: string): string {
	return text
		.replace(/^\uFEFF/, '')
		.replace(PERHAPS_DROPPED, (found: string, hex?: string, decimal?: string) => {
			if (found.startsWith('<')) return found;
			const code = hex === undefined ? Number(decimal ?? found.charCodeAt(0)) : parseInt(hex, 16);
			if (code < 0x20 && ![9, 10, 13].includes(code)) return '\uFFFD';
			if (code >= 0xd800 && code <= 0xdfff) return String.fromCharCode(code);
			return found.startsWith('&') ? found : `&#${code};`;
		})
		.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function oneRoot(parsed: XmlElement): XmlDocument | string {
	const [name, ...others] = Object.keys(parsed);
	const root = name === undefined ? undefined : parsed[name];
	if (name === undefined || root === undefined || others.length > 0 || Array.isArray(root)) {
		return 'the document does not have exactly one root element';
	}
	return { name, root: typeof root === 'string' ? { '#text': root } : root };
}

const builder = new XMLBuilder({
	ignoreAttributes: false,
	attributeNamePrefix: '@',
	// By default the builder drops the value "true", and an attribute without a value is not XML.
	suppressBooleanAttributes: false,
});

/** Writes a document; escapes text and attributes. */
export function writeXml(name: string, root: XmlElement): string {
	return builder.build({ [name]: root }) as string;
}

/** Whether a response is more than n8n's memory can take: see {@link MAX_TAGS}. */
export function hasTooManyTags(text: string): boolean {
	let at = -1;
	for (let tags = 0; tags <= MAX_TAGS; tags++) {
		at = text.indexOf('<', at + 1);
		if (at === -1) return false;
	}
	return true;
}

/** First child element with this name; text-only elements become `{ '#text': … }`. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
	return children(element, name)[0];
}

/** All child elements with this name; empty for a missing parent. */
export function children(element: XmlElement | undefined, name: string): XmlElement[] {
	const value = element?.[name];
	if (value === undefined) return [];
	const list = Array.isArray(value) ? value : [value];
	return list.map((entry) => (typeof entry === 'string' ? { '#text': entry } : entry) as XmlElement);
}

/** Text of a child element, or of the element itself; `undefined` when absent or empty. */
export function textOf(element: XmlElement | undefined, name?: string): string | undefined {
	const source = name === undefined ? element : child(element, name);
	const text = source?.['#text'];
	return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Value of an attribute; `undefined` when absent or empty. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
	const value = element?.[`@${name}`];
	return typeof value === 'string' && value !== '' ? value : undefined;
}
