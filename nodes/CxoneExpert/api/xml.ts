import { type MatcherView, XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';

/**
 * The one file that knows which XML library is used.
 *
 * An element is a plain object: attributes carry the prefix `@`, own text next to attributes or
 * children is `#text`, an element with text only is that text, an empty element is `''`. Values are
 * always text (ids stay ids, `0012` stays `0012`); elements named in {@link LISTS} are always lists.
 */
export type XmlValue = string | XmlElement | XmlValue[];
export interface XmlElement {
	[name: string]: XmlValue;
}

/** A document that was read: the name of its one root and the root's content. */
export interface XmlDocument {
	name: string;
	root: XmlElement;
}

/**
 * Longest document of a delivery. A webhook body has 1 to 5 kB. Parsing blocks n8n: the worst case of
 * this length (nothing but attributes) takes 0.3 s of the second.
 */
export const MAX_DOCUMENT_CHARS = 512 * 1024;
/**
 * Longest response of the API where pages are read. Such a response is one long text, comes from the
 * site of the credential, and nobody waits one second for it.
 */
export const MAX_RESPONSE_CHARS = 32 * 1024 * 1024;
/** Levels of elements that are parsed. The deepest document of the vendor has 7. */
export const MAX_NESTING = 64;

/** Elements that may repeat: one of them gives a list of one, not an object. */
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

/** Parents in which those elements really do repeat; elsewhere (`event/page`) there is one. */
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
	// No guessing: `1.10`, `0x1F` and 20-digit masks would turn into other values.
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: true,
	ignoreDeclaration: true,
	ignorePiTags: true,
	// A DOCTYPE is refused before, so the only references left are predefined and numeric ones.
	// They only ever shrink the text: its own length is limit enough.
	processEntities: { enabled: true, maxExpandedLength: MAX_RESPONSE_CHARS },
	htmlEntities: true,
	isArray: isList,
	// As text, the path of each element would be built again: with long names, 1 MB took half a minute.
	jPath: false,
	// The parser allows one level more than it is told.
	maxNestedTags: MAX_NESTING - 1,
	strictReservedNames: true,
});

/**
 * Reads one XML document with one root. Never throws.
 *
 * The parser alone accepts truncated documents, mismatched tags and two roots, so a validator runs
 * first and the roots are counted. Text after the root passes both and would be dropped. A DOCTYPE
 * is refused outright: no webhook needs one, and it opens the door to entity expansion.
 *
 * @returns a text where it cannot be read: why, in words for people
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
		return oneRoot(parser.parse(text) as XmlElement);
	} catch (error) {
		// Only the library's own limits end here (nesting, reserved names); its messages hold no content.
		return `the XML reader gave up: ${(error as Error).message}`;
	}
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
	// Without this, the value "true" is left out, and an attribute without a value is not XML.
	suppressBooleanAttributes: false,
});

/** Writes `root` as one XML document; text and attributes are escaped. */
export function writeXml(name: string, root: XmlElement): string {
	return builder.build({ [name]: root }) as string;
}

/** The first child element with this name; text-only elements become `{ '#text': … }`. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
	return children(element, name)[0];
}

/** All child elements with this name; none, `''` and a missing parent give an empty list. */
export function children(element: XmlElement | undefined, name: string): XmlElement[] {
	const value = element?.[name];
	if (value === undefined) return [];
	const list = Array.isArray(value) ? value : [value];
	return list.map(
		(entry) => (typeof entry === 'string' ? { '#text': entry } : entry) as XmlElement,
	);
}

/** The text of a child element, or of the element itself; `undefined` when absent or empty. */
export function textOf(element: XmlElement | undefined, name?: string): string | undefined {
	const source = name === undefined ? element : child(element, name);
	const text = source?.['#text'];
	return typeof text === 'string' && text !== '' ? text : undefined;
}

/** An attribute's value; `undefined` when absent or empty. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
	const value = element?.[`@${name}`];
	return typeof value === 'string' && value !== '' ? value : undefined;
}
