import { pagePath } from '../api/elements';
import { attribute, child } from '../api/xml';
import { eventKey } from '../api/event-types';
import { causingUser, type EventUser, eventUser } from './event-user';
import type { ExpertEvent, Message } from './parse';

/** Which events a workflow author has asked for. */
export interface Wanted {
	/** Path forms. */
	events: string[];
	/** Also types that the vendor adds later. */
	allEvents: boolean;
	/** An empty list lets everything through. */
	filters: { pathPrefixes: string[]; languages: string[]; excludeUsers: string[] };
}

/** Ids of users whose changes start nothing. Nothing else about a user is ever stored. */
export interface UserIds {
	excluded: string[];
	own?: string;
}

/** Before the site was asked. */
export const NO_IDS: UserIds = { excluded: [] };

/**
 * The message with only the events that the workflow author has asked for; `undefined` when none is
 * left. A message that cannot be read always passes: nobody can tell that it is not wanted.
 *
 * @param ids of users whose changes start nothing, as far as the site has said who they are
 */
export function filterEvents(
	message: Message,
	wanted: Wanted,
	ids: UserIds = NO_IDS,
): Message | undefined {
	if ('unreadable' in message) return message;
	const events = message.events.filter(
		(event) => isSubscribed(event, wanted) && filterOf(event, wanted, ids) === undefined,
	);
	return events.length === 0 ? undefined : { ...message, events };
}

/** Names of the filters that leave out an event of a type that is asked for; each once. */
export function filtersOf(message: Message, wanted: Wanted, ids: UserIds = NO_IDS): string[] {
	const events = 'unreadable' in message ? [] : message.events;
	const asked = events.filter((event) => isSubscribed(event, wanted));
	return [...new Set(asked.flatMap((event) => filterOf(event, wanted, ids) ?? []))];
}

/** An event without a type passes: nobody can tell that it is not wanted. */
export function isSubscribed(
	{ type }: ExpertEvent,
	{ allEvents, events }: Pick<Wanted, 'allEvents' | 'events'>,
): boolean {
	if (allEvents || type === undefined) return true;
	const key = eventKey(type);
	return events.some((name) => eventKey(name) === key);
}

/**
 * The name of the filter that leaves an event out; `undefined` when it passes. A filter judges only what the event
 * says: an event that does not name the thing passes.
 */
function filterOf(
	event: ExpertEvent,
	{ filters }: Wanted,
	{ excluded, own }: UserIds,
): string | undefined {
	const path = pagePath(child(event.xml, 'page'));
	const language = attribute(event.xml, 'language');
	if (path !== undefined && !isWantedPath(path, filters.pathPrefixes)) return 'Page Paths';
	const isIn = (wanted: string) => isSpoken(language!, wanted);
	if (language !== undefined && !matches(filters.languages, isIn)) return 'Languages';
	if (own !== undefined && causingUser(event)?.id === own) return 'Ignore Own Changes';
	const user = judgedUser(event);
	const isExcluded = [...filters.excludeUsers, ...excluded].some((entry) => isUser(entry, user));
	return isExcluded ? 'Exclude Users' : undefined;
}

/** Whether "Page Paths" lets through a page at this path. */
export function isWantedPath(path: string, prefixes: string[]): boolean {
	return matches(prefixes, (prefix) => isBelow(path, prefix));
}

/** Whom "Exclude Users" is about: who caused the event, else whom it names. */
function judgedUser(event: ExpertEvent): EventUser | undefined {
	return causingUser(event) ?? eventUser(event.xml);
}

/** Whether a message names a user by id, so that it can depend on who that is. */
export function namesUserId(message: Message): boolean {
	return 'events' in message && message.events.some((event) => judgedUser(event)?.id !== undefined);
}

/** A list of blank rows filters nothing. */
function matches(wanted: string[], test: (entry: string) => boolean): boolean {
	return wanted.every((entry) => entry.trim() === '') || wanted.some(test);
}

/** Compares whole segments and ignores case: `Guides` includes `guides/Setup`, not `Guides_Old`. */
function isBelow(path: string, prefix: string): boolean {
	const wanted = comparable(prefix);
	const actual = comparable(path);
	// The home page is the empty path. A row that was cleared must not open the whole filter.
	if (prefix.trim() === '') return actual.length === 0;
	return wanted.every((segment, index) => segment === actual[index]);
}

/** Expert writes a space in a title as `_`; in an address it can also be `%20` or `+`. */
function comparable(pathOrAddress: string): string[] {
	return pathSegments(pathOrAddress).map((each) => each.toLowerCase().replace(/[\s+]/g, '_'));
}

/**
 * Segments of a path, or of the address of a page as a browser shows it. A `*` at the end, as other tools want it for
 * all that is below, says nothing more.
 */
export function pathSegments(pathOrAddress: string): string[] {
	const typed = pathOrAddress.trim();
	const path = /^https?:\/\//i.test(typed)
		? typed.replace(/^https?:\/\/[^/]*|[?#].*/gis, '')
		: typed;
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

/** `en` stands for `en` and `en-US`. */
function isSpoken(language: string, wanted: string): boolean {
	const [actual, asked] = [language, wanted.trim()].map((tag) =>
		tag.toLowerCase().replaceAll('_', '-'),
	) as [string, string];
	return actual === asked || actual.startsWith(`${asked}-`);
}

function isUser(excluded: string, user: EventUser | undefined): boolean {
	const wanted = excluded.trim().toLowerCase();
	return wanted !== '' && (wanted === user?.id || wanted === user?.name?.toLowerCase());
}
