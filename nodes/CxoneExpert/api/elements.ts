import { refuseWithout } from './expert-error';
import { attribute, child, textOf, type XmlElement } from './xml';

/** The ID is an attribute, in some events and results an element. */
export function idOf(element: XmlElement): string | undefined {
	return attribute(element, 'id') ?? textOf(element, 'id');
}

/** Path of a page element: empty for the home page, `undefined` when not named. */
export function pagePath(page: XmlElement | undefined): string | undefined {
	const path = child(page, 'path');
	return path === undefined ? undefined : (textOf(path) ?? '');
}

/** Encodes the address as browsers do: events and responses differ, and a page must have one address. */
export function pageUrl(page: XmlElement): string | undefined {
	const url = textOf(page, 'uri.ui');
	return url !== undefined && URL.canParse(url) ? new URL(url).href : url;
}

/** Parses a count, size or revision; `undefined` for anything else. */
export function numberOf(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Reads the attribute that pages, drafts, files and more have. */
export function revisionOf(element: XmlElement | undefined): number | undefined {
	return numberOf(attribute(element, 'revision'));
}

/** Parses an element or attribute that the vendor writes in any case. */
export function booleanOf(text: string | undefined): boolean | undefined {
	return text === undefined ? undefined : text.toLowerCase() === 'true';
}

/**
 * Refuses a list whose count is missing or wrong: the next write is built from its entries.
 *
 * @param part required in each entry, e.g. `tags/tag/@value`
 */
export function assertUnderstood(list: XmlElement, understood: number, part: string, doing: string): void {
	const count = numberOf(attribute(list, 'count'));
	if (count === understood) return;
	const [name = ''] = part.split('/');
	refuseWithout(count === undefined ? `${name}/@count` : part, doing);
}

/** The vendor's page states (docs/vendor-facts.md#drafts-and-publishing). */
const DRAFT_STATES = ['active', 'inactive', 'unpublished'] as const;
type DraftState = (typeof DRAFT_STATES)[number];

/**
 * `unpublished`: never published, so readers cannot open the page. `active`: published, with a
 * draft beside it; `inactive`: published, without one. `undefined` when the document does not say.
 */
export function draftState(page: XmlElement): DraftState | undefined {
	const state = (attribute(page, 'draft.state') ?? textOf(page, 'draft.state'))?.toLowerCase();
	if (state !== undefined) return DRAFT_STATES.find((known) => known === state);
	const addresses = [textOf(page, 'uri.ui'), textOf(page, 'path')];
	const isDraft = addresses.some((address) => DRAFT_ADDRESS.test(address ?? ''));
	return isDraft ? 'unpublished' : undefined;
}

const DRAFT_ADDRESS = /[?&]mt-draft=true(&|#|$)/i;

/** Whether the user is not Anonymous, as whom a bad token counts: docs/vendor-facts.md#anonymous-responses. */
export function isSignedIn(user: XmlElement): boolean {
	return attribute(user, 'anonymous') === 'false';
}

/** Formats a time as the API does: in UTC, to the second. */
export function apiTime(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** Formats a time as `yyyyMMddHHmmss` in UTC, as edits and the log of searches have it. */
export function compactTime(ms: number): string {
	return new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '');
}

/** Parses a date of the site to unix ms; `undefined` for anything else. */
export function siteTime(text: unknown): number | undefined {
	const time = typeof text === 'string' ? Date.parse(text) : NaN;
	return Number.isNaN(time) ? undefined : time;
}

/** Unix ms of the last change of a page, of any kind. */
export function modifiedAt(page: XmlElement): number | undefined {
	return siteTime(textOf(page, 'date.modified'));
}

/** Converts a time to ISO format; `undefined` for anything else. */
export function isoTime(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const time = Date.parse(text);
	if (Number.isNaN(time)) return undefined;
	const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);
	return isIso ? text : new Date(time).toISOString();
}

/** Drops properties that are undefined or an empty object. */
export function compact<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	const entries = Object.entries(object).filter(([, value]) => value !== undefined && !isEmptyObject(value));
	return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function isEmptyObject(value: unknown): boolean {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
