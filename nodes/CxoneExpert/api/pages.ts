import { type ApiCall, type ApiClient, readRoot } from './client';
import { numberOf, siteTime } from './elements';
import { ADMINS_ONLY, ExpertError, type StatusMessages, undefinedIfNotFound } from './expert-error';
import { readAllResumably } from './pagination';
import type { Resumable } from './resumable';
import { attribute, children, textOf, type XmlElement } from './xml';

/* Sources: docs/vendor-facts.md#reading-pages and docs/vendor-facts.md#archive. */

/**
 * GET /pages/{id}: title, author, tags and more. A path without a page counts as 404.
 *
 * @param key one encoded path segment: `42`, `home`, or `=` and a path, encoded twice
 * @param label names the page in messages
 * @param which can include deleted pages, for which `key` must be a number, or stay at a redirect
 */
export async function readPage(
	api: ApiClient,
	key: string,
	label: string,
	which: { includeDeleted?: true; redirects?: 0 } = {},
	call: Pick<ApiCall, 'timeoutMs' | 'messages'> = {},
): Promise<XmlElement> {
	const doing = `read ${label}`;
	const query = { exclude: 'inbound,outbound,files', ...which };
	const get = { ...call, method: 'GET', path: `/pages/${key}`, query, doing } as const;
	const page = await readRoot(api, get, 'page');
	if (attribute(page, 'virtual') !== 'true') return page;
	const { messages = {} } = call;
	throw new ExpertError({ kind: 'http-status', status: 404, doing, messages });
}

/** GET /archive/pages/{id}/info of a deleted page. */
export async function readArchivedPage(api: ApiClient, id: string, messages: StatusMessages = {}): Promise<XmlElement> {
	const path = `/archive/pages/${id}/info`;
	const doing = `read page ${id} in the archive`;
	return await readRoot(api, { method: 'GET', path, doing, messages }, 'page.archive');
}

export interface FindQuery {
	/** Key of the parent page, already encoded. */
	below: string;
	/** Names `below` in messages. */
	label: string;
	/** Changed at or after this time, in `apiTime` format. */
	since: string;
	/** Not changed after this time, in `apiTime` format. */
	upto?: string;
	/** Comma-separated; a page must have all of them. */
	tags?: string;
	maxBytes?: number;
	messages?: StatusMessages;
}

/** The whole site, for {@link findChangedPages}, except the home page itself. */
export const WHOLE_SITE = { below: 'home', label: 'the home page' };

export interface FoundPages {
	pages: XmlElement[];
	/** `false` when the site may have more results than it returned. */
	isComplete: boolean;
}

/** A site returns only this many and has no next page: docs/vendor-facts.md#reading-pages. */
const MAX_FOUND_PAGES = 1000;

/** GET /pages/{id}/find: up to {@link MAX_FOUND_PAGES} changed pages. */
export async function findChangedPages(
	api: ApiClient,
	{ below, label, since, upto, tags, ...rest }: FindQuery,
): Promise<FoundPages> {
	const query = {
		since,
		...(upto === undefined ? {} : { upto }),
		...(tags === undefined ? {} : { tags }),
		include: 'tags',
	};
	const doing = `find what was changed below ${label}`;
	const call: ApiCall = { method: 'GET', path: `/pages/${below}/find`, query, doing, ...rest };
	const root = await readRoot(api, call, 'pages');
	const pages = children(root, 'page');
	const isLess = Number(attribute(root, 'totalcount')) > pages.length;
	return { pages, isComplete: pages.length < MAX_FOUND_PAGES && !isLess };
}

/**
 * GET /pages/{id}/revisions in one call; none for a missing page.
 *
 * @param id a number, or `home`
 */
export async function listRevisions(api: ApiClient, id: string): Promise<XmlElement[]> {
	return (await undefinedIfNotFound(allRevisions(api, id))) ?? [];
}

async function allRevisions(api: ApiClient, id: string): Promise<XmlElement[]> {
	return await readRevisions(api, id, { limit: 'all', offset: 0 });
}

/** Revisions in one call: the vendor's default. */
const REVISIONS_PER_CALL = 50;

/**
 * Lists the newest revisions, up to one that is older than `since`; all in one call where the site does not list the
 * newest first, or ignores `offset`.
 *
 * @param since unix ms
 * @throws ExpertError for a missing page, too
 */
export async function listRevisionsSince(api: ApiClient, id: string, since: number): Promise<XmlElement[]> {
	const newest: XmlElement[] = [];
	for (;;) {
		const query = { limit: REVISIONS_PER_CALL, offset: newest.length };
		const part = await readRevisions(api, id, query);
		newest.push(...part);
		if (!isDescending(newest.map(numberIn))) return await allRevisions(api, id);
		const isEnd = part.length === 0 || numberIn(part.at(-1)!) === 1;
		if (isEnd || part.some((each) => editedAt(each) < since)) return newest;
	}
}

function isDescending(numbers: number[]): boolean {
	return numbers.every((each, index) => index === 0 || each < numbers[index - 1]!);
}

function editedAt(revision: XmlElement): number {
	return siteTime(textOf(revision, 'date.edited')) ?? Infinity;
}

async function readRevisions(
	api: ApiClient,
	id: string,
	query: { limit: number | 'all'; offset: number },
): Promise<XmlElement[]> {
	const path = `/pages/${encodeURIComponent(id)}/revisions`;
	const doing = `list the revisions of page ${id}`;
	return children(await readRoot(api, { method: 'GET', path, query, doing }, 'pages'), 'page');
}

/** Limits one call. */
const MAX_SUBPAGES = 1000;

/** GET /pages/{id}/subpages: pages directly below one. @param id a number, or `home` */
export async function firstSubpages(api: ApiClient, id: string): Promise<XmlElement[]> {
	const path = `/pages/${encodeURIComponent(id)}/subpages`;
	const call: ApiCall = {
		method: 'GET',
		path,
		query: { limit: MAX_SUBPAGES },
		doing: `list the pages below page ${id}`,
	};
	return children(await readRoot(api, call, 'subpages'), 'page.subpage');
}

/**
 * GET /archive/pages, for admins: deleted pages, at least those since then, or all where the site does not list the
 * newest first.
 *
 * @param since unix ms
 */
export async function* listArchivedPages(api: ApiClient, since = -Infinity): Resumable<XmlElement[]> {
	let total = Infinity;
	const fetch = async (limit: number, offset: number) => {
		if (offset >= total) return [];
		const root = await readArchive(api, { limit, offset });
		total = numberOf(attribute(root, 'querycount')) ?? Infinity;
		return children(root, 'page.archive');
	};
	return yield* readAllResumably(fetch, (part) => isNewestFirst(part) && deletedAt(part.at(-1)!) < since);
}

/** Whether the newest comes first. Nobody can tell from entries of one second, as of a deleted tree. */
function isNewestFirst(part: XmlElement[]): boolean {
	const times = part.map(deletedAt);
	const isSorted = times.every((time, index) => index === 0 || times[index - 1]! >= time);
	return isSorted && times[0]! > times.at(-1)!;
}

/** Returns unix ms; NaN where the site names no time. @param archived an entry of the archive */
function deletedAt(archived: XmlElement): number {
	return siteTime(textOf(archived, 'date.deleted')) ?? NaN;
}

async function readArchive(api: ApiClient, query: ApiCall['query']): Promise<XmlElement> {
	const call: ApiCall = {
		method: 'GET',
		path: '/archive/pages',
		query: { ...query },
		doing: 'list the pages in the archive',
		messages: { 403: ADMINS_ONLY },
	};
	return await readRoot(api, call, 'pages.archive');
}

export interface ListBeginning {
	entries: XmlElement[];
	isComplete: boolean;
}

const MAX_ARCHIVED_PAGES = 100;

/** GET /archive/pages: some deleted pages, in no documented order. */
export async function firstArchivedPages(api: ApiClient): Promise<ListBeginning> {
	const root = await readArchive(api, { limit: MAX_ARCHIVED_PAGES });
	const entries = children(root, 'page.archive');
	const total = Number(attribute(root, 'querycount') ?? NaN);
	return { entries, isComplete: total <= entries.length };
}

/** A span of time, in ms since 1970; the end is part of it. */
export interface Period {
	/** A full second: the site's dates have no fractions. */
	since: number;
	/** `Infinity` when none was entered. */
	until: number;
}

/** A change of a page, as the site reports it. */
export interface PageChange {
	element: XmlElement;
	change: 'created' | 'edited';
	/** Unix ms; 0 when the site does not say. */
	at: number;
}

/** Last change of each page. Compares only the site's own dates: n8n's clock may differ. */
export function changesOf(pages: XmlElement[], { since }: Period): PageChange[] {
	return pages.map((element) => ({
		element,
		change: isSince(element, since) ? 'created' : 'edited',
		at: siteTime(textOf(element, 'date.modified') ?? textOf(element, 'date.edited')) ?? 0,
	}));
}

/**
 * Every revision of a page within the period. The first revision of a page created in it counts as
 * its creation, as no older one can be missing.
 *
 * @param revisions all of the page, in any order
 */
export function revisionChanges(page: XmlElement, revisions: XmlElement[], { since, until }: Period): PageChange[] {
	const isNew = isSince(page, since);
	const ordered = [...revisions].sort((a, b) => numberIn(a) - numberIn(b));
	return ordered
		.map(
			(element, index): PageChange => ({
				element,
				change: isNew && index === 0 ? 'created' : 'edited',
				at: siteTime(textOf(element, 'date.edited')) ?? 0,
			}),
		)
		.filter(({ at }) => at >= since && at <= until);
}

export function oldestFirst<T extends { at: number }>(changes: T[]): T[] {
	return [...changes].sort((a, b) => a.at - b.at);
}

function isSince(page: XmlElement, since: number): boolean {
	const created = siteTime(textOf(page, 'date.created'));
	return created !== undefined && created >= since;
}

function numberIn(revision: XmlElement): number {
	return numberOf(attribute(revision, 'revision')) ?? 0;
}
