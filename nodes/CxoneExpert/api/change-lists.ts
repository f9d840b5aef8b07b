import type { ApiCall, ApiClient } from './client';
import { numberOf } from './elements';
import { type ApiFailure, isNotFound, isRefusal } from './failure';
import { type ListSoFar, readPages } from './pagination';
import { type Failed, type Result, success } from './result';
import { type About, readRoot } from './root';
import { attribute, children, type XmlElement } from './xml';

/*
 * The lists that tell what was changed at the site. Sources: docs/vendor-facts.md#reading-pages and
 * docs/vendor-facts.md#archive.
 */

/** Which pages `find` gives. */
export interface FindQuery {
	/** Key of the page below which to look; encoded already. */
	below: string;
	/** The page `below` in words, for messages. */
	label: string;
	/** As `apiTime` writes it: pages that were changed then or later. */
	since: string;
	/** As `apiTime` writes it: pages that were not changed after it. */
	upto?: string;
	/** Separated by commas: pages that have all of them. */
	tags?: string;
	/** As in {@link ApiCall}. */
	maxBytes?: number;
}

/** The whole site, for {@link findChangedPages}: `find` does not give the home page itself. */
export const WHOLE_SITE = { below: 'home', label: 'the home page' };

export interface FoundPages {
	pages: XmlElement[];
	/** How many there are by the word of the site; it may have given fewer. */
	total: number;
}

/** GET /pages/{id}/find: the call has no pages, the site gives all that it has found. */
export async function findChangedPages(
	api: ApiClient,
	{ below, label, since, upto, tags, maxBytes }: FindQuery,
): Promise<Result<FoundPages>> {
	const query = {
		since,
		...(upto === undefined ? {} : { upto }),
		...(tags === undefined ? {} : { tags }),
		include: 'tags',
	};
	const limit = maxBytes === undefined ? {} : { maxBytes };
	const call: ApiCall = { method: 'GET', path: `/pages/${below}/find`, query, ...limit };
	const root = await readRoot(api, call, 'pages', { task: 'find-changes', subject: label });
	if (!root.ok) return root;
	const pages = children(root.value, 'page');
	const total = Number(attribute(root.value, 'totalcount'));
	return success({ pages, total: total > pages.length ? total : pages.length });
}

/**
 * GET /pages/{id}/revisions, all in one call: nothing says that the newest always comes first. A page
 * that is gone has none.
 *
 * @param id a number, or `home`
 */
export async function listRevisions(api: ApiClient, id: string): Promise<Result<XmlElement[]>> {
	const path = `/pages/${encodeURIComponent(id)}/revisions`;
	const query = { limit: 'all', offset: 0 };
	const about: About = { task: 'list-revisions', subject: id };
	const root = await readRoot(api, { method: 'GET', path, query }, 'pages', about);
	if (!root.ok) return isNotFound(root.failure) ? success([]) : root;
	return success(children(root.value, 'page'));
}

/** A page that our user may not see. With a token that has expired, the site says the same of others. */
export function isHidden(failure: ApiFailure): boolean {
	return failure.status === 403 && isRefusal(failure);
}

/**
 * GET /pages/{id}/subpages: the pages directly below one. A page that is gone has none, and so has one
 * that our user may not see: whoever asks makes sure of the token. The home page is not to be hidden.
 *
 * @param id a number, or `home`
 * @param list as in {@link readPages}
 */
export async function listSubpages(
	api: ApiClient,
	id: string,
	list?: ListSoFar<XmlElement>,
): Promise<Result<XmlElement[]>> {
	const path = `/pages/${encodeURIComponent(id)}/subpages`;
	const about: About = { task: 'list-subpages', subject: id };
	let total = Infinity;
	const listed = await readPages<XmlElement, Failed>(
		Infinity,
		async (limit, offset) => {
			// Most pages have few: no second call only to find that there are no more.
			if (offset >= total) return success([]);
			const call: ApiCall = { method: 'GET', path, query: { limit, offset } };
			const root = await readRoot(api, call, 'subpages', about);
			if (!root.ok) return root;
			total = numberOf(attribute(root.value, 'totalcount')) ?? Infinity;
			return success(children(root.value, 'page.subpage'));
		},
		asItIs,
		list,
	);
	if (listed.ok) return listed;
	const isNone = isNotFound(listed.failure) || (id !== 'home' && isHidden(listed.failure));
	return isNone ? success([]) : listed;
}

/**
 * GET /archive/pages: every deleted page, for admins. Nothing says in which order.
 *
 * @param list as in {@link readPages}
 */
export async function listArchivedPages(
	api: ApiClient,
	list?: ListSoFar<XmlElement>,
): Promise<Result<XmlElement[]>> {
	return await readPages<XmlElement, Failed>(
		Infinity,
		async (limit, offset) => {
			const query = { limit, offset };
			const call: ApiCall = { method: 'GET', path: '/archive/pages', query };
			const root = await readRoot(api, call, 'pages.archive', { task: 'list-archive' });
			return root.ok ? success(children(root.value, 'page.archive')) : root;
		},
		asItIs,
		list,
	);
}

/** The beginning of a list. */
export interface ListBeginning {
	entries: XmlElement[];
	/** Whether that is all of it. */
	isComplete: boolean;
}

/** Entries of the archive that are read. */
const MAX_ARCHIVED_PAGES = 100;

/** GET /archive/pages: deleted pages. Nothing says in which order. */
export async function firstArchivedPages(api: ApiClient): Promise<Result<ListBeginning>> {
	const query = { limit: MAX_ARCHIVED_PAGES };
	const call = { method: 'GET', path: '/archive/pages', query } as const;
	const root = await readRoot(api, call, 'pages.archive', { task: 'list-archive' });
	if (!root.ok) return root;
	const entries = children(root.value, 'page.archive');
	const total = Number(attribute(root.value, 'querycount') ?? NaN);
	return success({ entries, isComplete: total <= entries.length });
}

const asItIs = (entry: XmlElement) => [entry];
