import { readXml, type XmlElement, type XmlValue } from '../../../nodes/CxoneExpert/api/xml.ts';
import type { SiteResponse } from './site.mts';

/* What goes into a report from a site: names of elements and attributes, and statuses, but never a value. */

/** Characters of one form. */
const MAX_FORM_CHARS = 400;

/** The longest name that is shown; nothing of Expert has one half as long. */
const NAME = /^@?[A-Za-z][\w.-]{0,39}$/;

export const shownName = (name: string) => (NAME.test(name) ? name : '…');

/** Types of events are names, as long as they look like some. */
export function knownTypes(types: string[]): string {
	const shown = types.map((type) => (/^[a-z._:]{1,60}$/i.test(type) ? code(type) : 'another'));
	return shown.join(', ') || 'none';
}

/** Status and document of a response: `200 webhook(id, events(event))`. */
export function formOf({ status, document, text }: SiteResponse): string {
	if (document !== undefined) return code(`${status} ${formOfValue(document.name, document.root)}`);
	const isBroken = text.trimStart().startsWith('<') && typeof readXml(text) === 'string';
	const body = text.trim() === '' ? 'without a body' : isBroken ? 'no XML' : 'other text';
	return code(`${status} ${body}`);
}

/** The form of one element: `page(path, @id)`. */
export function elementForm(name: string, element: XmlElement | undefined): string {
	return element === undefined ? `no ${code(name)}` : code(formOfValue(name, element));
}

/** Escaped, so that Markdown shows it literally. */
export function code(text: string): string {
	const short = text.length > MAX_FORM_CHARS ? `${text.slice(0, MAX_FORM_CHARS)}…` : text;
	return `\`${short}\``;
}

function formOfValue(name: string, value: XmlValue): string {
	if (typeof value === 'string') return shownName(name);
	if (Array.isArray(value)) return `${formOfValue(name, value[0] ?? '')} …`;
	const inside = Object.entries(value)
		.filter(([part]) => part !== '#text')
		.map((part) => formOfValue(...part));
	return shownName(name) + (inside.length === 0 ? '' : `(${inside.join(', ')})`);
}
