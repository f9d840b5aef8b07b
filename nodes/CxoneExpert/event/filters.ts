import { pagePath } from '../api/elements';
import { child } from '../api/xml';
import { eventKey } from '../api/event-types';
import { meaningOf } from './draft-publish';
import { causingUser, type EventUser, eventUser } from './event-user';
import type { ExpertEvent, Message } from './parse';

export interface Wanted {
	/** Path forms. */
	events: string[];
	/** Includes types that the vendor adds later. */
	allEvents: boolean;
	/** An empty list lets everything through. */
	filters: { pathPrefixes: string[]; excludeUsers: string[] };
}

/** IDs of users whose changes start nothing. No other user data is ever stored. */
export interface UserIds {
	excluded: string[];
	own?: string;
}

/** Until the site is asked, no IDs are known. */
export const NO_IDS: UserIds = { excluded: [] };

/**
 * Unreadable messages pass, as they may be wanted, but for an empty one, which says nothing: whoever
 * has chosen events has not asked for it. `undefined` when nothing is left.
 */
export function filterEvents(message: Message, wanted: Wanted, ids: UserIds = NO_IDS): Message | undefined {
	if ('unreadable' in message) {
		return wanted.allEvents || message.rawXml.trim() !== '' ? message : undefined;
	}
	const events = message.events.filter(
		(event) => isSubscribed(event, wanted) && filterOf(event, wanted, ids) === undefined,
	);
	return events.length === 0 ? undefined : { ...message, events };
}

/** Names of the filters that drop events of the chosen types, without duplicates. */
export function filtersOf(message: Message, wanted: Wanted, ids: UserIds = NO_IDS): string[] {
	const events = 'unreadable' in message ? [] : message.events;
	const asked = events.filter((event) => isSubscribed(event, wanted));
	return [...new Set(asked.flatMap((event) => filterOf(event, wanted, ids) ?? []))];
}

/** Events without a type pass, as they may be wanted. */
export function isSubscribed(
	{ type }: Pick<ExpertEvent, 'type'>,
	{ allEvents, events }: Pick<Wanted, 'allEvents' | 'events'>,
): boolean {
	if (allEvents || type === undefined) return true;
	const keys = [type, meaningOf(type)].map(eventKey);
	return events.some((name) => keys.includes(eventKey(name)));
}

/** Label of the filter. */
export const OWN_CHANGES = 'Ignore Own Changes';

/** The filter that drops an event, if any. Events that do not name the filtered thing pass. */
function filterOf(event: ExpertEvent, { filters }: Wanted, { excluded, own }: UserIds): string | undefined {
	const path = pagePath(child(event.xml, 'page'));
	if (path !== undefined && !isWantedPath(path, filters.pathPrefixes)) return 'Page Paths';
	if (own !== undefined && causingUser(event)?.id === own) return OWN_CHANGES;
	const user = judgedUser(event);
	const isExcluded = [...filters.excludeUsers, ...excluded].some((entry) => isUser(entry, user));
	return isExcluded ? 'Exclude Users' : undefined;
}

/** A list of blank rows filters nothing. */
export function isWantedPath(path: string, prefixes: string[]): boolean {
	return prefixes.every((prefix) => prefix.trim() === '') || prefixes.some((prefix) => isBelow(path, prefix));
}

/** The user that "Exclude Users" judges: who caused the event, else whom it names. */
function judgedUser(event: ExpertEvent): EventUser | undefined {
	return causingUser(event) ?? eventUser(event.xml);
}

/** Whether a message names a user by ID, so that IDs from the site matter. */
export function namesUserId(message: Message): boolean {
	return 'events' in message && message.events.some((event) => judgedUser(event)?.id !== undefined);
}

/** Compares whole segments, ignoring case: `Guides` includes `guides/Setup`, not `Guides_Old`. */
function isBelow(path: string, prefix: string): boolean {
	const wanted = comparable(prefix);
	const actual = comparable(path);
	// The home page is the empty path. A cleared row must not let everything through.
	if (prefix.trim() === '') return actual.length === 0;
	return wanted.every((segment, index) => segment === actual[index]);
}

/** Expert writes spaces in titles as `_`; in addresses they may also be `%20` or `+`. */
function comparable(pathOrAddress: string): string[] {
	return pathSegments(pathOrAddress).map((each) => each.toLowerCase().replace(/[\s+]/g, '_'));
}

/** Segments of a path or page address; drops a trailing `*`, which other tools use for subpages. */
export function pathSegments(pathOrAddress: string): string[] {
	const typed = pathOrAddress.trim();
	const path = /^https?:\/\//i.test(typed) ? typed.replace(/^https?:\/\/[^/]*|[?#].*/gis, '') : typed;
	const segments = path
		.split('/')
		.map((segment) => decoded(segment).trim())
		.filter((segment) => segment !== '');
	while (/^\*+$/.test(segments.at(-1) ?? '')) segments.pop();
	return segments;
}

/** A lone `%` is a character like any other. */
function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

/** `en` includes `en-US`. */
export function isWantedLanguage(language: string, languages: string[]): boolean {
	const [actual = '', ...wanted] = [language, ...languages].map((tag) => tag.toLowerCase().replaceAll('_', '-'));
	return wanted.length === 0 || wanted.some((asked) => actual === asked || actual.startsWith(`${asked}-`));
}

function isUser(excluded: string, user: EventUser | undefined): boolean {
	const wanted = excluded.toLowerCase();
	return wanted === user?.id || wanted === user?.name?.toLowerCase();
}
