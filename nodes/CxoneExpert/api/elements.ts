import { child, textOf, type XmlElement } from './xml';

/** What many documents of Expert have, events and responses alike. */

/** The path of a page element. The home page has the empty path; `undefined` means not named. */
export function pagePath(page: XmlElement | undefined): string | undefined {
	const path = child(page, 'path');
	return path === undefined ? undefined : (textOf(path) ?? '');
}

/** A count, a size or a revision; `undefined` for what is no such number. */
export function numberOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
