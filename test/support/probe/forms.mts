import { readXml, type XmlElement, type XmlValue } from '../../../nodes/CxoneExpert/api/xml.ts';
import type { SiteResponse } from './site.mts';

/*
 * What goes into a report from a site: names of elements and attributes, statuses and kinds of
 * values, but never a value.
 */

/** Characters of one form. */
const MAX_FORM_CHARS = 600;

/** The longest name that is shown; nothing of Expert has one half as long. */
const NAME = /^[A-Za-z][\w.-]{0,39}$/;

const KINDS: Array<[kind: string, pattern: RegExp]> = [
	['empty', /^\s*$/],
	['boolean', /^(true|false)$/i],
	['integer', /^-?\d{1,15}$/],
	['number', /^-?\d+\.\d+$/],
	['ISO time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
	['ISO time with fractions or offset', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S+$/],
	['HTTP time', /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/],
	['URL', /^https?:\/\/\S+$/i],
	['mail address', /^\S+@\S+\.\S+$/],
];

/** Kind of a text: `uuid v1`, `ISO time`, `integer`. */
export function kindOf(text: string): string {
	const version = /^[\da-f]{8}-[\da-f]{4}-([\da-f])[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/i.exec(text);
	if (version) return `uuid v${version[1]}`;
	const known = KINDS.find(([, pattern]) => pattern.test(text));
	if (known) return known[0];
	if (/^\d+$/.test(text)) return `integer of ${text.length} digits`;
	return /^[\da-f]{16,}$/i.test(text) ? `${text.length} hex digits` : 'text';
}

export const NEWEST_FIRST = 'the newest first';

/** How a list is sorted by its times, which sort as text. */
export function orderOf(times: string[]): string {
	if (times.join() === times.toSorted().toReversed().join()) return NEWEST_FIRST;
	return times.join() === times.toSorted().join() ? 'the oldest first' : 'by no time';
}

/** A type of an event is a name, as long as it looks like one. */
export function knownType(type: string): string {
	return /^[a-z._:]{1,60}$/i.test(type) ? code(type) : 'another';
}

/** A name for display; an attribute's starts with `@`. */
export function shownName(name: string): string {
	if (name.startsWith('@')) return `@${shownName(name.slice(1))}`;
	return NAME.test(name) ? name : '…';
}

/** Status and document of a response: `200 webhook(id: integer, …)`. */
export function formOf(response: SiteResponse): string {
	return code(`${response.status} ${bodyForm(response)}`.trim());
}

/** The form of one element: `page(@id: integer, path: text)`. */
export function elementForm(name: string, element: XmlElement): string {
	return code(formOfValue(name, element));
}

/** Attributes (`@id`) and then children of an element, in the order of the document. */
export function namesIn(element: XmlElement): string[] {
	return partsOf(element).map(([name]) => shownName(name));
}

/** Escaped, so that Markdown shows it literally. */
export function code(text: string): string {
	const short = text.length > MAX_FORM_CHARS ? `${text.slice(0, MAX_FORM_CHARS)}…` : text;
	return `\`${short}\``;
}

function bodyForm({ document, text, headers }: SiteResponse): string {
	if (document !== undefined) return formOfValue(document.name, document.root);
	if (text.trim() === '') return 'without a body';
	if (/html/i.test(headers['content-type'] ?? '')) return 'HTML';
	const why = readXml(text, Number.POSITIVE_INFINITY);
	return typeof why === 'string' && text.trimStart().startsWith('<') ? 'broken XML' : 'other text';
}

function formOfValue(name: string, value: XmlValue): string {
	const shown = shownName(name);
	if (typeof value === 'string') return `${shown}: ${kindOf(value)}`;
	if (Array.isArray(value)) return `${formOfValue(name, value[0] ?? '')} …`;
	const { '#text': own } = value;
	const inside = partsOf(value).map((part) => formOfValue(...part));
	const text = typeof own === 'string' ? `: ${kindOf(own)}` : '';
	return inside.length === 0 ? shown + text : `${shown}${text}(${inside.join(', ')})`;
}

/** Attributes and then children; the reader gives attributes last. */
function partsOf(element: XmlElement): Array<[name: string, value: XmlValue]> {
	const parts = Object.entries(element).filter(([name]) => name !== '#text');
	const isAttribute = ([name]: [string, XmlValue]) => name.startsWith('@');
	return [...parts.filter(isAttribute), ...parts.filter((part) => !isAttribute(part))];
}
