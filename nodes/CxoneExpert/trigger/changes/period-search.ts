import type { FunctionsBase } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { apiTime, modifiedAt, siteTime } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { missedByFind } from '../../api/find-depth';
import { oldestFirst, type Period, revisionChanges } from '../../api/pages';
import { type Resumable, untilAnswered } from '../../api/resumable';
import { currentUser } from '../../api/token-check';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { type ChangeKind, wordOf } from '../../event/change';
import type { ExpertEvent } from '../../event/parse';
import { type Archive, deletions } from './deletions';
import { FIRST_TEXT_MS, LISTED_AFTER_MS } from './late';
import { creation, edit, idOfPage, type ShownChange, type SiteChange } from './site-change';
import { untilGivenUp } from './until-given-up';
import { changedPages } from './changed-pages';

export interface SiteQuery {
	api: ApiClient;
	period: Period;
	kinds: ReadonlySet<ChangeKind>;
	/** Whether the workflow author wants the event, judged by the fields that it has. */
	wants: (event: ExpertEvent) => boolean;
	/** Last change of pages that need not be read again, by ID; unix ms. The search adds to it. */
	read: Map<string, number>;
	maxChanges?: number;
	/**
	 * The audit is told of each change that the site shows, and says whether it has come. A page whose newest
	 * change has come costs no call.
	 */
	hasCome?: (change: ShownChange) => boolean;
}

/** Kept in memory until all have started the workflow: some 50 MB. */
const MAX_FOUND_CHANGES = 50_000;

export interface FoundChanges extends Archive {
	/** End of the searched period: earlier than requested if there were too many changes. */
	until: number;
	/** IDs of pages whose revisions the site persistently fails to list. */
	leftOut: string[];
	/** When more pages were changed within two seconds than the site lists. */
	cutOffAt: string[];
}

export function logLeftOut(
	n8n: Pick<FunctionsBase, 'getNode' | 'logger'>,
	{ cutOffAt, leftOut }: Pick<FoundChanges, 'cutOffAt' | 'leftOut'>,
): void {
	const { name } = n8n.getNode();
	for (const id of leftOut) {
		n8n.logger.warn(
			`CXone Expert: "${name}" leaves out page ${id}: the site could not give its revisions three times in a row. Look at the page's history in Expert for what was missed, and tell NiCE if it does not open.`,
		);
	}
	for (const at of cutOffAt) {
		n8n.logger.warn(
			`CXone Expert: "${name}" leaves out some of the pages that were changed within seconds of ${at}: the site does not list more of them.`,
		);
	}
}

export function logMissed(n8n: Pick<FunctionsBase, 'getNode' | 'logger'>, missed: string | undefined): void {
	if (missed !== undefined) n8n.logger.warn(`CXone Expert: "${n8n.getNode().name}" does not see all. ${missed}`);
}

/** Tells people what a search for changes of these kinds misses. @param site its origin */
export async function missedBySearch(
	api: ApiClient,
	site: string,
	kinds: ReadonlySet<ChangeKind>,
): Promise<string | undefined> {
	return areOfPages(kinds) ? await missedByFind(api, site) : undefined;
}

function areOfPages(kinds: ReadonlySet<ChangeKind>): boolean {
	return kinds.has('created') || kinds.has('edited');
}

/**
 * Finds the changes of a period; those of pages even if the archive is hidden. Interruptible: a
 * large gap may take more calls than the site allows at once. Must resume with the same token, and
 * ends with a call that proves it is accepted: an expired token shortens lists silently, and what is
 * missing would count as not there.
 */
export async function* siteChanges(query: SiteQuery): Resumable<FoundChanges> {
	return yield* new PeriodSearch(query).run();
}

class PeriodSearch {
	private readonly query: SiteQuery;
	private readonly found = new Map<string, SiteChange>();
	/** End of what is searched; earlier than requested once there are too many changes. */
	private until: number;
	/** IDs of pages whose revisions the site persistently fails to list. */
	private readonly givenUp = new Set<string>();
	private readonly cutOffAt = new Set<string>();

	constructor(query: SiteQuery) {
		this.query = query;
		this.until = query.period.until;
	}

	async *run(): Resumable<FoundChanges> {
		const { api, kinds, period, read } = this.query;
		if (areOfPages(kinds)) {
			yield* this.searchPages();
			if (!this.isCalm) yield* this.searchHome();
		}
		const archive: Archive = kinds.has('deleted') ? yield* deletions(api, period.since) : { changes: [] };
		this.note(archive.changes);
		// Only an admin's token opens the archive.
		const isAccepted = kinds.has('deleted') && archive.archiveRefusal === undefined;
		if (kinds.size > 0 && !isAccepted && !this.isCalm) yield* untilAnswered(async () => await currentUser(api));
		// Changes that were dropped must be found again.
		if (this.until < period.until) read.clear();
		const changes = oldestFirst([...this.found.values()]);
		return { ...archive, changes, until: this.until, leftOut: [...this.givenUp], cutOffAt: [...this.cutOffAt] };
	}

	/** The audit has found nothing, so there is no need to prove that the token is valid. */
	private get isCalm(): boolean {
		return this.query.hasCome !== undefined && this.found.size === 0;
	}

	private note(changes: SiteChange[]): void {
		const { hasCome, kinds, maxChanges = MAX_FOUND_CHANGES, period, wants } = this.query;
		for (const change of changes) {
			if (hasCome?.(change) === true) continue;
			const { kind, at } = change;
			const isMeant = kinds.has(kind) && at >= period.since && at <= this.until;
			if (isMeant && wants(change.event)) this.found.set(wordOf(change), copyOf(change));
		}
		if (this.found.size > maxChanges) this.until = dropNewest(this.found);
	}

	private async *searchPages(): Resumable<void> {
		const { api, period } = this.query;
		for await (const part of changedPages(api, period)) {
			if (part instanceof ExpertError) {
				yield part;
				continue;
			}
			if (!part.isComplete) this.cutOffAt.add(apiTime(modifiedAt(part.pages[0]!) ?? 0));
			for (const page of part.pages) yield* this.searchPage(page);
		}
	}

	private async *searchPage(page: XmlElement): Resumable<void> {
		const { query } = this;
		const { period, read } = query;
		const id = idOfPage(page);
		const modified = modifiedAt(page);
		const isRead = modified !== undefined && read.get(id) === modified;
		if (newestHasCome(page, query) || isRead || !mayBeWanted(page, query)) return;
		const revisions = yield* this.revisionsOf(id);
		if (revisions === undefined) return;
		this.note(changesOfPage(page, revisions, endless(period)));
		// A recent change may be followed by one in the same second, or not be listed yet.
		const isSettled = this.givenUp.has(id) || (modified ?? Infinity) <= period.until - LISTED_AFTER_MS;
		if (isSettled && modified !== undefined) read.set(id, modified);
	}

	/** Searches the home page, which `find` leaves out. If a site includes it, its changes come twice. */
	private async *searchHome(): Resumable<void> {
		if (!mayBeWanted(HOME, this.query)) return;
		const revisions = (yield* this.revisionsOf('home')) ?? [];
		this.note(changesOfPage(revisions[0] ?? {}, revisions, endless(this.query.period)));
	}

	private async *revisionsOf(id: string): Resumable<XmlElement[] | undefined> {
		const { api, period } = this.query;
		return yield* untilGivenUp(this.givenUp, { api, id, since: period.since });
	}
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
		return [...creations, ...edit(element, { isFirstText, before: byNumber.get(revisionOf(element) - 1) })];
	});
}

function revisionOf(page: XmlElement): number {
	return Number(attribute(page, 'revision'));
}
