import { parseXmlDocument, XMLSerializer, type Element as DomElement } from 'slimdom';

/** Plain data for one document: `@name` is an attribute, `#` text, a list repeats its element. */
export type XmlData = { [name: string]: XmlValue | XmlValue[] };
type XmlText = string | number | boolean;
type XmlValue = XmlData | XmlText;

/** XML text without a declaration, as deliveries and responses are. Past a DOM: a site writes all the time. */
export function buildXml(data: XmlData): string {
	return Object.entries(data).map(written).join('');
}

function written([name, value]: [string, XmlValue | XmlValue[]]): string {
	return Array.isArray(value) ? value.map((each) => writtenElement(name, each)).join('') : writtenElement(name, value);
}

function writtenElement(name: string, value: XmlValue): string {
	let attributes = '';
	let content = '';
	const parts: XmlData = typeof value === 'object' ? value : { '#': value };
	for (const [key, inner] of Object.entries(parts)) {
		if (key.startsWith('@')) attributes += ` ${key.slice(1)}="${escapedValue(inner as XmlText)}"`;
		else content += key === '#' ? escaped(inner as XmlText) : written([key, inner]);
	}
	return `<${name}${attributes}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: XmlText) => String(text).replace(/[&<>]/g, entity);

/** White space other than a space would not survive in an attribute. */
const escapedValue = (text: XmlText) => String(text).replace(/[&<>"\t\n\r]/g, entity);

function entity(character: string): string {
	return ENTITIES[character] ?? `&#${character.charCodeAt(0)};`;
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

function nodesBelow(element: DomElement, path = element.nodeName): Array<{ path: string; remove: () => void }> {
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
