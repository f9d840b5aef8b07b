import type { ApiClient } from '../../api/client';
import { compact, pagePath, siteTime } from '../../api/elements';
import { asExpertError, errorOf, ExpertError } from '../../api/expert-error';
import {
	listArchivedPages,
	listDeletedWith,
	listRevisions,
	type Period,
	revisionChanges,
} from '../../api/pages';
import { type Resumable, untilAnswered } from '../../api/resumable';
import { currentUser } from '../../api/token-check';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import { type ChangeKind, wordOf } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { creation, deletion, edit, type SiteChange } from './site-change';
import { changedPages, modifiedAt } from './changed-pages';

/** What was changed just now may not be listed yet: it is looked for once more. */
export const LISTED_AFTER_MS = 60_000;

/** How long after the creation of a page its first text can be saved, in the same step. */
const FIRST_TEXT_MS = 2_000;

/** What is to be looked for, and where. */
export interface SiteQuery {
	api: ApiClient;
	/** Names the site. */
	site: string;
	period: Period;
	/** Kinds of changes that the workflow author wants. */
	kinds: ReadonlySet<ChangeKind>;
	/** Whether the workflow author wants an event, as far as it says what it is about. */
	wants: (event: ExpertEvent) => boolean;
	/**
	 * Pages whose revisions were read before and need not be read again, and then those that were read, too: by id, when
	 * each had been changed last, unix ms.
	 */
	read: Map<string, number>;
	maxChanges?: number;
}

/** They are kept in memory until all have started the workflow: some 50 MB. */
const MAX_CHANGES = 50_000;

/** What a search has found. */
export interface FoundChanges {
	/** Oldest first. */
	changes: SiteChange[];
	/** End of the period that was looked at: earlier than asked for where there was too much. */
	until: number;
	/** The site keeps its archive from the user of our token: no deletion is known. */
	archiveRefusal?: ExpertError;
	/** Ids of pages whose edits the site cannot give, however often it is asked. */
	leftOut: string[];
}

/** What the archive of deleted pages tells. */
type Archive = Pick<FoundChanges, 'changes' | 'archiveRefusal'>;

/**
 * What was changed at the site within a period. A site that keeps its archive to itself does not keep
 * back what it tells of pages.
 *
 * A large gap takes more calls than the site may allow at once, so the search can be interrupted and goes
 * on with the call that has failed. It has to be one with the same token: with one that has expired the
 * site gives shorter lists and does not say so. So it is asked in the end who we are, and nothing counts
 * before it has said: else something missing would count as not there.
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
	yield* untilAnswered(async () => await currentUser(api));
	// What was dropped is looked for again.
	if (until < period.until) read.clear();
	return { ...archive, changes: oldestFirst([...found.values()]), until, leftOut };
}

export function oldestFirst(changes: SiteChange[]): SiteChange[] {
	return [...changes].sort((a, b) => a.at - b.at);
}

/** @returns the time of the newest change that is kept */
function dropNewest(found: Map<string, SiteChange>): number {
	const until = oldestFirst([...found.values()])[Math.floor(found.size * 0.9) - 1]!.at;
	for (const [key, { at }] of found) if (at > until) found.delete(key);
	return until;
}

/** Parts of a text keep the whole of it in memory: here the response of the site. */
function copyOf(change: SiteChange): SiteChange {
	return JSON.parse(JSON.stringify(change)) as SiteChange;
}

/** @returns ids of the pages that are left out */
async function* pageChanges(
	query: SiteQuery,
	note: (changes: SiteChange[]) => void,
): Resumable<string[]> {
	const { api, site, period, read } = query;
	const leftOut = new Set<string>();
	for await (const part of changedPages(api, site, period)) {
		if (part instanceof ExpertError) {
			yield part;
			continue;
		}
		for (const page of part) {
			const id = idOf(page);
			const modified = modifiedAt(page);
			const isRead = modified !== undefined && read.get(id) === modified;
			if (isRead || !mayBeWanted(page, query)) continue;
			note(changesOf(page, yield* untilGivenUp(api, id, leftOut, listRevisions), period));
			// Changed just now, it may be changed once more in the same second, or its revision not be listed yet.
			const isSettled = modified !== undefined && modified <= period.until - LISTED_AFTER_MS;
			if (isSettled) read.set(id, modified);
		}
	}
	// Where `find` gives the home page, too, its changes come twice.
	if (!mayBeWanted(HOME, query)) return [...leftOut];
	const home = yield* untilGivenUp(api, 'home', leftOut, listRevisions);
	note(changesOf(home[0] ?? {}, home, period));
	return [...leftOut];
}

const HOME: XmlElement = { path: '' };

/** By what the site tells of a page before it is asked for its revisions, one call for each page. */
function mayBeWanted(page: XmlElement, { kinds, period, wants }: SiteQuery): boolean {
	const created = siteTime(textOf(page, 'date.created')) ?? Infinity;
	if (!kinds.has('edited') && created < period.since) return false;
	const language = textOf(page, 'language');
	return wants({ type: undefined, xml: { ...compact({ '@language': language }), page } });
}

/** How often in a row the site may fail on a page. */
const MAX_TRIES = 3;

/**
 * As {@link untilAnswered}, for what the site lists for each page. One page for which it always fails must not hold up all
 * others. For one that our user may not see it lists nothing.
 *
 * @param leftOut pages that were given up, and then this one, too
 */
async function* untilGivenUp(
	api: ApiClient,
	id: string,
	leftOut: Set<string>,
	list: typeof listRevisions,
): Resumable<XmlElement[]> {
	for (let tries = leftOut.has(id) ? MAX_TRIES : 1; ; tries++) {
		try {
			return await list(api, id);
		} catch (thrown) {
			const error = asExpertError(thrown);
			// If that is because the token has expired, all is asked again.
			if (error.isHidden) return [];
			if (isForAll(error)) tries = 0;
			// Where the site fails for others, too, it is to be asked later.
			if (tries >= MAX_TRIES && (await errorOf(currentUser(api))) === undefined) {
				leftOut.add(id);
				return [];
			}
			yield error;
		}
	}
}

/** Says nothing of one page: there is no connection, or the site is busy. */
function isForAll({ kind, status }: ExpertError): boolean {
	return kind === 'unreachable' || status === 429 || status === 503;
}

/**
 * A page that is new has a first revision. One that has none is a draft that nobody has published, or was
 * made by Expert itself above another page: neither is recovered. A site may fire *Page Created* when a draft
 * is published, and that delivery must not be dropped.
 *
 * A first revision that is younger than its page is the publication of a draft, which is an edit.
 */
function changesOf(page: XmlElement, revisions: XmlElement[], period: Period): SiteChange[] {
	const created = siteTime(textOf(page, 'date.created')) ?? NaN;
	return revisionChanges(page, revisions, period).flatMap(({ element, change, at }, index) => {
		const isFirstText = index === 0 && Math.abs(at - created) <= FIRST_TEXT_MS;
		return [...(change === 'created' ? creation(element) : []), ...edit(element, isFirstText)];
	});
}

/** None where the site keeps its archive from our user. @param since unix ms */
async function* deletions(api: ApiClient, since: number): Resumable<Archive> {
	const archived = yield* archiveOrRefusal(api);
	if (archived instanceof ExpertError) return { changes: [], archiveRefusal: archived };
	// An archive is for ever: what is long over need not be looked at.
	const recent = archived.filter((page) => !(timeOf(page) < since));
	const gone = yield* goneWithOthers(api, recent);
	return { changes: recent.filter((page) => !gone.has(idOf(page))).flatMap(deletion) };
}

async function* archiveOrRefusal(api: ApiClient): Resumable<XmlElement[] | ExpertError> {
	const list = listArchivedPages(api);
	for (;;) {
		const step = await list.next();
		if (step.done === true || step.value.isRefusal) return step.value;
		yield step.value;
	}
}

/**
 * Ids of pages that were deleted with one above them: Expert sends one event for all of them
 * (docs/vendor-facts.md#archive). Asks once for each page that may have taken others along, from the top: the site gives
 * all that went with it, or those directly below. Where it does not say, each counts as deleted by itself: a deletion
 * too many is better than one that is lost.
 */
async function* goneWithOthers(api: ApiClient, archived: XmlElement[]): Resumable<Set<string>> {
	const gone = new Set<string>();
	const below = idsBelow(archived);
	const givenUp = new Set<string>();
	for (const page of fromTheTop(archived)) {
		const candidates = below.get(pathOf(page));
		if (candidates === undefined || candidates.size === 0 || hasGoneAlone(page)) continue;
		for (const other of yield* untilGivenUp(api, idOf(page), givenUp, listDeletedWith)) {
			// Neither the page itself, nor one above it.
			if (!candidates.has(idOf(other))) continue;
			gone.add(idOf(other));
			for (const path of pathsAbove(pathOf(other))) below.get(path)?.delete(idOf(other));
		}
		// A site without this call would be asked for each page, at three checks.
		if (givenUp.size > 0) break;
	}
	return gone;
}

/** By path, the archived pages that were somewhere below it. */
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

/** By the word of the list, which need not say so. */
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

function idOf(page: XmlElement): string {
	return attribute(page, 'id') ?? '';
}

function timeOf(archived: XmlElement): number {
	return siteTime(textOf(archived, 'date.deleted')) ?? NaN;
}
