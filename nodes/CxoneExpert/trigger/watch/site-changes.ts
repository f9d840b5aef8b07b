import type { ApiClient } from '../../api/client';
import { pagePath } from '../../api/elements';
import { type ApiFailure, isRefusal } from '../../api/failure';
import { listArchivedPages, listRevisions } from '../../api/change-lists';
import { type Result, success } from '../../api/result';
import { siteTime } from '../../api/time';
import { currentUser } from '../../api/token-check';
import { attribute, textOf, type XmlElement } from '../../api/xml';
import { type Period, revisionChanges } from '../../shared/page-changes';
import { keyOf, type ChangeKind, TOLERANCE_SECONDS } from './change-key';
import { changedPages } from './changed-pages';
import { creation, deletion, edit, type SiteChange } from './recovered-event';

/** What is to be looked for, and where. */
export interface Search {
	api: ApiClient;
	/** Names the site. */
	site: string;
	period: Period;
	/** Kinds of changes that the workflow author wants. */
	kinds: ReadonlySet<ChangeKind>;
	/** What pages have told before, in searches that began no later. */
	pagesRead: PagesRead;
}

/**
 * The changes that pages have told, by page. A large gap takes many calls and several checks: what was read
 * is not asked for again, also when a later call has failed.
 */
export type PagesRead = Map<string, { version: string; changes: SiteChange[] }>;

/** What a search has found. */
export interface FoundChanges {
	/** Oldest first. */
	changes: SiteChange[];
	/** The site keeps its archive from the user of our token: no deletion is known. */
	archiveRefusal?: ApiFailure;
}

/**
 * What was changed at the site within a period. A site that keeps its archive to itself does not keep
 * back what it tells of pages.
 *
 * With a token that has expired the site gives shorter lists and does not say so. So it is asked in the
 * end who we are: else something missing would count as not there, now or in a later search.
 */
export async function siteChanges(search: Search): Promise<Result<FoundChanges>> {
	const read: PagesRead = new Map();
	const found = await searchSite(search, read);
	const user = await currentUser(search.api);
	if (!user.ok) return found.ok ? user : found;
	for (const [id, page] of read) search.pagesRead.set(id, page);
	return found;
}

async function searchSite(search: Search, read: PagesRead): Promise<Result<FoundChanges>> {
	const { api, kinds, period } = search;
	const pages = kinds.has('c') || kinds.has('e') ? await pageChanges(search, read) : success([]);
	if (!pages.ok) return pages;
	const deleted: Result<SiteChange[]> = kinds.has('d') ? await deletions(api) : success([]);
	if (!deleted.ok && !isRefusal(deleted.failure)) return deleted;
	const isWanted = ({ name: { kind, at } }: SiteChange) =>
		kinds.has(kind) && at >= period.since && at <= period.until;
	const wanted = [...pages.value, ...(deleted.ok ? deleted.value : [])].filter(isWanted);
	// Where `find` gives the home page, too, its changes come twice.
	const once = [...new Map(wanted.map((change) => [keyOf(change.name), change])).values()];
	const changes = once.sort((a, b) => a.name.at - b.name.at);
	return success(deleted.ok ? { changes } : { changes, archiveRefusal: deleted.failure });
}

async function pageChanges(search: Search, read: PagesRead): Promise<Result<SiteChange[]>> {
	const { api, site, period } = search;
	const changed = await changedPages(api, site, period.since);
	if (!changed.ok) return changed;
	const all: SiteChange[] = [];
	for (const page of [...changed.value, undefined]) {
		const changes = await changesOfPage(search, read, page);
		if (!changes.ok) return changes;
		all.push(...changes.value);
	}
	return success(all);
}

/** @param page absent for the home page */
async function changesOfPage(
	{ api, period, pagesRead }: Search,
	read: PagesRead,
	page: XmlElement | undefined,
): Promise<Result<SiteChange[]>> {
	const id = attribute(page, 'id') ?? 'home';
	const version = textOf(page, 'date.modified');
	const known = pagesRead.get(id);
	if (known !== undefined && known.version === version) return success(known.changes);
	const revisions = await revisionsOf(api, id);
	if (!revisions.ok) return revisions;
	const changes = changesOf(page ?? revisions.value[0] ?? {}, revisions.value, period);
	// What is newer than the period may be changed again within its second.
	const isOver = (siteTime(version) ?? Infinity) <= period.until;
	if (version !== undefined && isOver && revisions.value.length > 0)
		read.set(id, { version, changes });
	return success(changes);
}

/** None for a page that our user may not see. If that is because the token has expired, all is asked again. */
async function revisionsOf(api: ApiClient, id: string): Promise<Result<XmlElement[]>> {
	const listed = await listRevisions(api, id);
	if (listed.ok) return listed;
	const isHidden = listed.failure.status === 403 && isRefusal(listed.failure);
	return isHidden ? success([]) : listed;
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
		const isFirstText = index === 0 && Math.abs(at - created) <= TOLERANCE_SECONDS * 1000;
		return [...(change === 'created' ? creation(element) : []), ...edit(element, isFirstText)];
	});
}

async function deletions(api: ApiClient): Promise<Result<SiteChange[]>> {
	const archived = await listArchivedPages(api);
	return archived.ok ? success(withoutCascades(archived.value).flatMap(deletion)) : archived;
}

/** Pages that go together with one above them: Expert sends one event for all of them. */
const CASCADE_MS = 5_000;

function withoutCascades(archived: XmlElement[]): XmlElement[] {
	const byPath = new Map<string, XmlElement[]>();
	for (const page of archived)
		byPath.set(pathOf(page), [...(byPath.get(pathOf(page)) ?? []), page]);
	const wentWith = (page: XmlElement, above: string) =>
		byPath.get(above)?.some((each) => Math.abs(timeOf(each) - timeOf(page)) <= CASCADE_MS);
	return archived.filter((page) => !pathsAbove(pathOf(page)).some((path) => wentWith(page, path)));
}

/** `A` and `A/B` for `A/B/C`. */
function pathsAbove(path: string): string[] {
	const parts = path.split('/');
	return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function pathOf(page: XmlElement): string {
	return pagePath(page) ?? '';
}

function timeOf(archived: XmlElement): number {
	return siteTime(textOf(archived, 'date.deleted')) ?? NaN;
}
