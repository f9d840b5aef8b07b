import { refuseWithout } from './expert-error';
import { attribute, child, textOf, type XmlElement } from './xml';

/** What many documents of Expert have, events and responses alike. */

/** The path of a page element. The home page has the empty path; `undefined` means not named. */
export function pagePath(page: XmlElement | undefined): string | undefined {
	const path = child(page, 'path');
	return path === undefined ? undefined : (textOf(path) ?? '');
}

/**
 * The address at which people see a page, percent-encoded as a browser sends it: events and responses
 * write it in either way, and addresses of the same page have to be the same.
 */
export function pageUrl(page: XmlElement): string | undefined {
	const url = textOf(page, 'uri.ui');
	return url !== undefined && URL.canParse(url) ? new URL(url).href : url;
}

/** A count, a size or a revision; `undefined` for what is no such number. */
export function numberOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * Stops at a list that does not say how many entries it has, or has others than those that were understood:
 * what is written next is made of them.
 *
 * @param part what each entry must have, as in `tags/tag/@value`
 */
export function assertUnderstood(
	list: XmlElement,
	understood: number,
	part: string,
	doing: string,
): void {
	const count = numberOf(attribute(list, 'count'));
	if (count === understood) return;
	const [name = ''] = part.split('/');
	refuseWithout(count === undefined ? `${name}/@count` : part, doing);
}

/** The vendor's states of a page (docs/vendor-facts.md#drafts-and-publishing). */
const DRAFT_STATES = ['active', 'inactive', 'unpublished'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

/**
 * `unpublished` while nobody has published the page, so that no reader can open it; `active` with a draft
 * beside the page that readers see, `inactive` without one. `undefined` when the document does not say.
 */
export function draftState(page: XmlElement): DraftState | undefined {
	const state = (attribute(page, 'draft.state') ?? textOf(page, 'draft.state'))?.toLowerCase();
	if (state !== undefined) return DRAFT_STATES.find((known) => known === state);
	const addresses = [textOf(page, 'uri.ui'), textOf(page, 'path')];
	const isDraft = addresses.some((address) => DRAFT_ADDRESS.test(address ?? ''));
	return isDraft ? 'unpublished' : undefined;
}

/** How the API writes the address of a draft. */
const DRAFT_ADDRESS = /[?&]mt-draft=true(&|#|$)/i;

/** A time as the API takes it: in UTC, to the second. */
export function apiTime(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** A date of the site, in ms since 1970; `undefined` for anything else. */
export function siteTime(text: unknown): number | undefined {
	const time = typeof text === 'string' ? Date.parse(text) : NaN;
	return Number.isNaN(time) ? undefined : time;
}

/** The same moment in ISO format; `undefined` for what is no time. */
export function isoTime(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const time = Date.parse(text);
	if (Number.isNaN(time)) return undefined;
	const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);
	return isIso ? text : new Date(time).toISOString();
}

/** Leaves out properties that are undefined or an empty object. */
export function compact<T extends object>(
	object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
	const entries = Object.entries(object).filter(
		([, value]) => value !== undefined && !isEmptyObject(value),
	);
	return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function isEmptyObject(value: unknown): boolean {
	return (
		typeof value === 'object' &&
		value !== null &&
		!Array.isArray(value) &&
		Object.keys(value).length === 0
	);
}
