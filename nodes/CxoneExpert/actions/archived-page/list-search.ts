import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { pagePath } from '../../api/elements';
import { attribute, children, textOf, type XmlElement } from '../../api/xml';
import { ADMINS_ONLY } from '../../shared/failure-messages';
import { ExpertSite } from '../core/site';
import { listStep, type SearchPage, titleAndPath } from '../input/list-search';

/**
 * The list of an "Archived Page" field: deleted pages, filtered by title.
 *
 * @param token where the next step begins
 */
export async function searchArchivedPageList(
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const site = await ExpertSite.connect(this);
	const title = filter?.trim() ?? '';
	const fetch = async (step: SearchPage) => {
		const query = { ...(title === '' ? {} : { title }), ...step };
		const doing = 'list the pages in the archive';
		const call = { method: 'GET', path: '/archive/pages', query, doing } as const;
		const root = await site.read({ ...call, messages: { 403: ADMINS_ONLY } }, 'pages.archive');
		return children(root, 'page.archive');
	};
	return await listStep(fetch, entry, token);
}

function entry(page: XmlElement): INodeListSearchItems[] {
	const value = attribute(page, 'id');
	if (value === undefined) return [];
	const path = pagePath(page);
	return [{ name: titleAndPath(textOf(page, 'title') ?? path ?? '', path), value }];
}
