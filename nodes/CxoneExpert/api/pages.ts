import type { ApiClient } from './client';
import { failed, type Result, success } from './result';
import { type About, readRoot } from './root';
import { apiTime } from './time';
import { attribute, children, type XmlElement } from './xml';

/*
 * Calls that read pages. Sources: docs/vendor-facts.md#reading-pages and docs/vendor-facts.md#archive.
 */

/**
 * GET /pages/{id}: title, author, tags and more. A path without a page counts as 404.
 *
 * @param key one path segment, encoded: `42`, `home` or `=` and a path, encoded twice
 * @param label names the page in a failure
 */
export async function readPage(
	api: ApiClient,
	key: string,
	label: string,
): Promise<Result<XmlElement>> {
	const about: About = { task: 'read-page', subject: label };
	const query = { exclude: 'inbound,outbound,files' };
	const page = await readRoot(api, { method: 'GET', path: `/pages/${key}`, query }, 'page', about);
	const isVirtual = page.ok && attribute(page.value, 'virtual') === 'true';
	return isVirtual ? failed({ kind: 'http-status', status: 404, ...about }) : page;
}

/** GET /archive/pages/{id}/info of a deleted page, by its number. */
export async function readArchivedPage(api: ApiClient, id: string): Promise<Result<XmlElement>> {
	const call = { method: 'GET', path: `/archive/pages/${id}/info` } as const;
	return await readRoot(api, call, 'page.archive', { task: 'read-archived-page', subject: id });
}

/**
 * GET /pages/home/find: the pages of the site that were changed in any way since then.
 *
 * @param since in ms since 1970
 */
export async function findPagesChangedSince(
	api: ApiClient,
	since: number,
): Promise<Result<XmlElement[]>> {
	const query = { since: apiTime(since) };
	const call = { method: 'GET', path: '/pages/home/find', query } as const;
	const root = await readRoot(api, call, 'pages', { task: 'find-page' });
	return root.ok ? success(children(root.value, 'page')) : root;
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
	const root = await readRoot(api, call, 'pages.archive', { task: 'find-page' });
	if (!root.ok) return root;
	const entries = children(root.value, 'page.archive');
	const total = Number(attribute(root.value, 'querycount') ?? NaN);
	return success({ entries, isComplete: total <= entries.length });
}
