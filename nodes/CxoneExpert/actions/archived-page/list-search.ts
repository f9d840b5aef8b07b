import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { attribute, children, textOf, type XmlElement } from '../../transport/xml';
import { Expert } from '../expert';
import { pathOf } from '../page/page-item';
import { ADMINS_ONLY } from './field';

/** Entries that one step of the list shows. */
const STEP = 50;

/**
 * The list of an "Archived Page" field: what was deleted, by title when a filter is entered.
 *
 * @param token where the next step begins
 */
export async function searchArchivedPages(
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const expert = await Expert.connect(this);
	const offset = Number(token ?? 0);
	const title = filter?.trim() ?? '';
	const root = await expert.read(
		{
			method: 'GET',
			path: '/archive/pages',
			query: { ...(title === '' ? {} : { title }), limit: STEP, offset },
			doing: 'list the pages in the archive',
			advice: { 403: ADMINS_ONLY },
		},
		'pages.archive',
	);
	const pages = children(root, 'page.archive');
	return {
		results: pages.map(entry).filter(({ value }) => value !== ''),
		...(pages.length < STEP ? {} : { paginationToken: String(offset + STEP) }),
	};
}

/** Titles repeat, old paths tell them apart. */
function entry(page: XmlElement) {
	const path = pathOf(page) ?? '';
	const title = textOf(page, 'title') ?? path;
	return {
		name: path === '' || path === title ? title : `${title} (${path})`,
		value: attribute(page, 'id') ?? '',
	};
}
