import type { FunctionsBase } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { siteTime } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { listRevisionsSince, oldestFirst, type Period, revisionChanges } from '../../api/pages';
import { type Resumable, untilAnswered } from '../../api/resumable';
import { currentUser } from '../../api/token-check';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { type ChangeKind, wordOf } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { type Archive, deletions } from './deletions';
import { creation, edit, type ShownChange, type SiteChange } from './site-change';
import { untilGivenUp } from './until-given-up';
import { changedPages, findReach, idOfPage, modifiedAt } from './changed-pages';

/** Recent changes may not be listed yet, so they are searched for once more. */
export const LISTED_AFTER_MS = 60_000;

/** Events can be this late, and so can the site's lists. */
export const MAX_LATE_MS = 10 * 60_000;

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
	/**
	 * For the audit: is told of each change that the site shows, and says whether it has come. A page whose newest
	 * change has come costs no call.
	 */
	hasCome?: (change: ShownChange) => boolean;
}

/** Kept in memory until all have started the workflow: some 50 MB. */
const MAX_CHANGES = 50_000;

export interface FoundChanges extends Archive {
	/** End of the searched period: earlier than requested if there were too many changes. */
	until: number;
	/** IDs of pages whose edits the site persistently fails to list. */
	leftOut: string[];
}

export function logLeftOut(n8n: Pick<FunctionsBase, 'getNode' | 'logger'>, ids: string[]): void {
	for (const id of ids) {
		n8n.logger.warn(
			`CXone Expert: "${n8n.getNode().name}" leaves out page ${id}: the site could not give its revisions three times in a row. Look at the page's history in Expert for what was missed, and tell NiCE if it does not open.`,
		);
	}
}

/**
 * Finds the changes of a period; those of pages even if the archive is hidden. Interruptible: a
 * large gap may take more calls than the site allows at once. Must resume with the same token, and
 * ends with a call that proves it is accepted: an expired token shortens lists silently, and what is
 * missing would count as not there.
 */
export async function* siteChanges(query: SiteQuery): Resumable<FoundChanges> {
	const { api, kinds, period, wants, read, hasCome, maxChanges = MAX_CHANGES } = query;
	if (kinds.size === 0) return { changes: [], until: period.until, leftOut: [] };
	const found = new Map<string, SiteChange>();
	let { until } = period;
	const note = (changes: SiteChange[]) => {
		for (const change of changes) {
			if (hasCome?.(change) === true) continue;
			const { kind, at } = change;
			const isMeant = kinds.has(kind) && at >= period.since && at <= until;
			if (isMeant && wants(change.event)) found.set(wordOf(change), copyOf(change));
		}
		if (found.size > maxChanges) until = dropNewest(found);
	};
	// A look that finds nothing claims nothing.
	const isCalm = () => hasCome !== undefined && found.size === 0;
	const leftOut = new Set<string>();
	if (kinds.has('created') || kinds.has('edited')) {
		yield* pageChanges(query, note, leftOut);
		if (!isCalm()) yield* homeChanges(query, note, leftOut);
	}
	const archive: Archive = kinds.has('deleted') ? yield* deletions(query, period.since) : { changes: [] };
	note(archive.changes);
	// Only an admin's token opens the archive.
	const isAccepted = kinds.has('deleted') && archive.archiveRefusal === undefined;
	if (!isAccepted && !isCalm()) yield* untilAnswered(async () => await currentUser(api));
	// What was dropped must be found again.
	if (until < period.until) read.clear();
	return { ...archive, changes: oldestFirst([...found.values()]), until, leftOut: [...leftOut] };
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

/** @param leftOut takes the IDs of pages that are left out */
async function* pageChanges(
	query: SiteQuery,
	note: (changes: SiteChange[]) => void,
	leftOut: Set<string>,
): Resumable<void> {
	const { api, site, period, read, branches, hasCome } = query;
	// To walk the tree takes a call for each page with subpages: too many for a look.
	if (hasCome !== undefined && !(yield* searchesTree(query))) return;
	for await (const part of changedPages(api, site, period, branches)) {
		if (part instanceof ExpertError) {
			yield part;
			continue;
		}
		for (const page of part) {
			const id = idOfPage(page);
			const modified = modifiedAt(page);
			const isRead = modified !== undefined && read.get(id) === modified;
			if (newestHasCome(page, query) || isRead || !mayBeWanted(page, query)) continue;
			const revisions = yield* revisionsOf(id, query, leftOut);
			if (revisions === undefined) continue;
			note(changesOfPage(page, revisions, endless(period)));
			// A recent change may be followed by one in the same second, or not be listed yet.
			const isSettled = leftOut.has(id) || (modified ?? Infinity) <= period.until - LISTED_AFTER_MS;
			if (isSettled && modified !== undefined) read.set(id, modified);
		}
	}
}

async function* searchesTree({ api, site }: SiteQuery): Resumable<boolean> {
	return (yield* untilAnswered(async () => await findReach(api, site))) !== 'children';
}

/** The newest change of a new page can be its creation. */
function newestHasCome(page: XmlElement, { hasCome }: SiteQuery): boolean {
	if (hasCome === undefined) return false;
	const [created, modified] = [siteTime(textOf(page, 'date.created')), modifiedAt(page)];
	const comeAs = (kind: ChangeKind, at: number | undefined) =>
		at !== undefined && hasCome({ kind, page: idOfPage(page), at });
	const [isCreated, isEdited] = [comeAs('created', created), comeAs('edited', modified)];
	const isNew = Math.abs((modified ?? NaN) - (created ?? NaN)) <= FIRST_TEXT_MS;
	return isEdited || (isCreated && isNew);
}

/** `find` leaves out the home page. Should it not, its changes come twice. */
async function* homeChanges(
	query: SiteQuery,
	note: (changes: SiteChange[]) => void,
	leftOut: Set<string>,
): Resumable<void> {
	if (!mayBeWanted(HOME, query)) return;
	const revisions = (yield* revisionsOf('home', query, leftOut)) ?? [];
	note(changesOfPage(revisions[0] ?? {}, revisions, endless(query.period)));
}

const HOME: XmlElement = { path: '' };

/** The event of a change after the period may have come, too. */
function endless(period: Period): Period {
	return { ...period, until: Infinity };
}

/** Decides before the page's revisions are read, which takes a call. */
function mayBeWanted(page: XmlElement, { kinds, period, wants }: SiteQuery): boolean {
	const created = siteTime(textOf(page, 'date.created')) ?? Infinity;
	if (!kinds.has('edited') && created < period.since) return false;
	return wants({ type: undefined, xml: { page } });
}

async function* revisionsOf(
	id: string,
	{ api, period }: SiteQuery,
	leftOut: Set<string>,
): Resumable<XmlElement[] | undefined> {
	const list = async (client: ApiClient) => await listRevisionsSince(client, id, period.since);
	return yield* untilGivenUp(api, id, leftOut, list);
}

/**
 * Recovers neither unpublished drafts nor parents that Expert made by itself: both lack a first
 * revision. A site may send *Page Created* when a draft is published, and that delivery must not be
 * dropped. A first revision newer than its page is a published draft, hence an edit.
 */
export function changesOfPage(page: XmlElement, revisions: XmlElement[], period: Period): SiteChange[] {
	const created = siteTime(textOf(page, 'date.created')) ?? NaN;
	const byNumber = new Map(revisions.map((each) => [revisionOf(each), each]));
	return revisionChanges(page, revisions, period).flatMap(({ element, change, at }, index) => {
		const isFirstText = index === 0 && Math.abs(at - created) <= FIRST_TEXT_MS;
		const creations = change === 'created' ? creation(element) : [];
		return [...creations, ...edit(element, isFirstText, byNumber.get(revisionOf(element) - 1))];
	});
}

function revisionOf(page: XmlElement): number {
	return Number(attribute(page, 'revision'));
}
