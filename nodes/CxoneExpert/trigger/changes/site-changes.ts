import type { ApiClient } from '../../api/client';
import { compact, pagePath, siteTime } from '../../api/elements';
import { asExpertError, errorOf, ExpertError } from '../../api/expert-error';
import {
	deletedAt,
	listArchivedPages,
	listDeletedWith,
	listRevisionsSince,
	oldestFirst,
	type Period,
	revisionChanges,
} from '../../api/pages';
import { type Resumable, untilAnswered } from '../../api/resumable';
import { currentUser } from '../../api/token-check';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { type ChangeKind, wordOf } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { creation, deletion, edit, type SiteChange } from './site-change';
import { changedPages, idOf, modifiedAt } from './changed-pages';

/** Recent changes may not be listed yet, so they are searched for once more. */
export const LISTED_AFTER_MS = 60_000;

/** A page's first text can be saved this long after the page, by the same step. */
const FIRST_TEXT_MS = 2_000;

export interface SiteQuery {
	api: ApiClient;
	/** Names the site. */
	site: string;
	period: Period;
	kinds: ReadonlySet<ChangeKind>;
	/** Whether the workflow author wants the event, judged by the fields that it has. */
	wants: (event: ExpertEvent) => boolean;
	/** Last change of pages that need not be read again, by ID; unix ms. The search adds to it. */
	read: Map<string, number>;
	/** Paths of the pages to begin at where `find` looks at children only; by default the home page. */
	branches?: string[];
	maxChanges?: number;
}

/** Kept in memory until all have started the workflow: some 50 MB. */
const MAX_CHANGES = 50_000;

export interface FoundChanges {
	/** Oldest first. */
	changes: SiteChange[];
	/** End of the searched period: earlier than requested if there were too many changes. */
	until: number;
	/** Set if our user may not see the archive: no deletions are known. */
	archiveRefusal?: ExpertError;
	/** IDs of pages whose edits the site persistently fails to list. */
	leftOut: string[];
}

type Archive = Pick<FoundChanges, 'changes' | 'archiveRefusal'>;

/**
 * Finds the changes of a period; those of pages even if the archive is hidden. Interruptible: a
 * large gap may take more calls than the site allows at once. Must resume with the same token, and
 * ends with a call that proves it is accepted: an expired token shortens lists silently, and what is
 * missing would count as not there.
 */
export async function* siteChanges(query: SiteQuery): Resumable<FoundChanges> {
	const { api, kinds, period, wants, read, maxChanges = MAX_CHANGES } = query;
	if (kinds.size === 0) return { changes: [], until: period.until, leftOut: [] };
	const found = new Map<string, SiteChange>();
	let { until } = period;
	const note = (changes: SiteChange[]) => {
		for (const change of changes) {
			const { kind, at } = change;
			const isMeant = kinds.has(kind) && at >= period.since && at <= until;
			if (isMeant && wants(change.event)) found.set(wordOf(change), copyOf(change));
		}
		if (found.size > maxChanges) until = dropNewest(found);
	};
	const leftOut =
		kinds.has('created') || kinds.has('edited') ? yield* pageChanges(query, note) : [];
	const archive: Archive = kinds.has('deleted')
		? yield* deletions(api, period.since)
		: { changes: [] };
	note(archive.changes);
	// Only an admin's token opens the archive.
	const isAccepted = kinds.has('deleted') && archive.archiveRefusal === undefined;
	if (!isAccepted) yield* untilAnswered(async () => await currentUser(api));
	// What was dropped must be found again.
	if (until < period.until) read.clear();
	return { ...archive, changes: oldestFirst([...found.values()]), until, leftOut };
}

/** @returns time of the newest change kept */
function dropNewest(found: Map<string, SiteChange>): number {
	const until = oldestFirst([...found.values()])[Math.floor(found.size * 0.9) - 1]!.at;
	for (const [key, { at }] of found) if (at > until) found.delete(key);
	return until;
}

/** Copies the change: its substrings would keep the whole response in memory. */
function copyOf(change: SiteChange): SiteChange {
	return JSON.parse(JSON.stringify(change)) as SiteChange;
}

/** @returns IDs of the pages left out */
async function* pageChanges(
	query: SiteQuery,
	note: (changes: SiteChange[]) => void,
): Resumable<string[]> {
	const { api, site, period, read, branches } = query;
	const leftOut = new Set<string>();
	const list = async (client: ApiClient, id: string) =>
		await listRevisionsSince(client, id, period.since);
	for await (const part of changedPages(api, site, period, branches)) {
		if (part instanceof ExpertError) {
			yield part;
			continue;
		}
		for (const page of part) {
			const id = idOf(page);
			const modified = modifiedAt(page);
			const isRead = modified !== undefined && read.get(id) === modified;
			if (isRead || !mayBeWanted(page, query)) continue;
			note(changesOfPage(page, yield* untilGivenUp(api, id, leftOut, list), period));
			// A recent change may be followed by one in the same second, or not be listed yet.
			const isSettled = modified !== undefined && modified <= period.until - LISTED_AFTER_MS;
			if (isSettled) read.set(id, modified);
		}
	}
	// Should `find` return the home page, too, its changes come twice.
	if (!mayBeWanted(HOME, query)) return [...leftOut];
	const home = yield* untilGivenUp(api, 'home', leftOut, list);
	note(changesOfPage(home[0] ?? {}, home, period));
	return [...leftOut];
}

const HOME: XmlElement = { path: '' };

/** Decides before the page's revisions are read, which takes a call. */
function mayBeWanted(page: XmlElement, { kinds, period, wants }: SiteQuery): boolean {
	const created = siteTime(textOf(page, 'date.created')) ?? Infinity;
	if (!kinds.has('edited') && created < period.since) return false;
	const language = textOf(page, 'language');
	return wants({ type: undefined, xml: { ...compact({ '@language': language }), page } });
}

/** Failures in a row on one page. */
const MAX_TRIES = 3;

/**
 * Like {@link untilAnswered}, but gives up on a page that always fails and adds it to `leftOut`, so
 * that it does not block the rest. Returns nothing for pages that our user may not see.
 */
async function* untilGivenUp(
	api: ApiClient,
	id: string,
	leftOut: Set<string>,
	list: (api: ApiClient, id: string) => Promise<XmlElement[]>,
): Resumable<XmlElement[]> {
	for (let tries = leftOut.has(id) ? MAX_TRIES : 1; ; tries++) {
		try {
			return await list(api, id);
		} catch (thrown) {
			const error = asExpertError(thrown);
			// If the cause is an expired token, the search fails in the end and starts over.
			if (error.isHidden) return [];
			if (isForAll(error)) tries = 0;
			// If other calls fail, too, the site is to blame: try again later.
			if (tries >= MAX_TRIES && (await errorOf(currentUser(api))) === undefined) {
				leftOut.add(id);
				return [];
			}
			yield error;
		}
	}
}

/** Not about this page: no connection, or a busy site. */
function isForAll({ kind, status }: ExpertError): boolean {
	return kind === 'unreachable' || status === 429 || status === 503;
}

/**
 * Recovers neither unpublished drafts nor parents that Expert made by itself: both lack a first
 * revision. A site may send *Page Created* when a draft is published, and that delivery must not be
 * dropped. A first revision newer than its page is a published draft, hence an edit.
 */
export function changesOfPage(
	page: XmlElement,
	revisions: XmlElement[],
	period: Period,
): SiteChange[] {
	const created = siteTime(textOf(page, 'date.created')) ?? NaN;
	return revisionChanges(page, revisions, period).flatMap(({ element, change, at }, index) => {
		const isFirstText = index === 0 && Math.abs(at - created) <= FIRST_TEXT_MS;
		return [...(change === 'created' ? creation(element) : []), ...edit(element, isFirstText)];
	});
}

/** Returns none if the archive is hidden from our user. @param since unix ms */
async function* deletions(api: ApiClient, since: number): Resumable<Archive> {
	const archived = yield* archiveOrRefusal(api, since);
	if (archived instanceof ExpertError) return { changes: [], archiveRefusal: archived };
	// The archive only grows, so skip deletions before the period.
	const recent = archived.filter((page) => !(deletedAt(page) < since));
	const gone = yield* goneWithOthers(api, recent);
	return { changes: recent.filter((page) => !gone.has(idOf(page))).flatMap(deletion) };
}

async function* archiveOrRefusal(
	api: ApiClient,
	since: number,
): Resumable<XmlElement[] | ExpertError> {
	const list = listArchivedPages(api, since);
	for (;;) {
		const step = await list.next();
		if (step.done === true || step.value.isRefusal) return step.value;
		yield step.value;
	}
}

/**
 * Finds pages deleted with one above them, for which Expert sends one event
 * (docs/vendor-facts.md#archive). Asks once for each page that may have taken others along, from
 * the top: the site lists all of them, or only children. In doubt a page counts as deleted by
 * itself: better a deletion too many than one lost.
 */
async function* goneWithOthers(api: ApiClient, archived: XmlElement[]): Resumable<Set<string>> {
	const gone = new Set<string>();
	const below = idsBelow(archived);
	const givenUp = new Set<string>();
	for (const page of fromTheTop(archived)) {
		const candidates = below.get(pathOf(page));
		if (candidates === undefined || candidates.size === 0 || hasGoneAlone(page)) continue;
		for (const other of yield* untilGivenUp(api, idOf(page), givenUp, listDeletedWith)) {
			// Neither the page itself nor one above it.
			if (!candidates.has(idOf(other))) continue;
			gone.add(idOf(other));
			for (const path of pathsAbove(pathOf(other))) below.get(path)?.delete(idOf(other));
		}
		// Else a site without this call would be asked for each page, three times.
		if (givenUp.size > 0) break;
	}
	return gone;
}

/** Maps each path to the IDs of archived pages below it. */
function idsBelow(archived: XmlElement[]): Map<string, Set<string>> {
	const below = new Map<string, Set<string>>();
	for (const page of archived) {
		for (const path of pathsAbove(pathOf(page))) {
			const ids = below.get(path) ?? new Set();
			below.set(path, ids.add(idOf(page)));
		}
	}
	return below;
}

function fromTheTop(archived: XmlElement[]): XmlElement[] {
	const depthOf = (page: XmlElement) => pathOf(page).split('/').length;
	return [...archived].sort((a, b) => depthOf(a) - depthOf(b));
}

/** The list need not say so. */
function hasGoneAlone(archived: XmlElement): boolean {
	return attribute(child(archived, 'subpages'), 'count') === '0';
}

/** `A` and `A/B` for `A/B/C`. */
function pathsAbove(path: string): string[] {
	const parts = path.split('/');
	return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function pathOf(page: XmlElement): string {
	return pagePath(page) ?? '';
}
