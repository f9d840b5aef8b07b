import type { ApiClient } from './client';
import { failed, type Result } from './result';
import { type About, readRoot } from './root';
import { attribute, type XmlElement } from './xml';

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
