import type { INodeListSearchItems } from 'n8n-workflow';

import { pagePath, pageUrl } from '../api/elements';
import { attribute, child, textOf, type XmlElement } from '../api/xml';
import { contains, entryOf, type ListSearch, pagedSearch, type SearchedList } from './list-search';

/** Without these, each call counts as a search by a reader, and recommendations come along. */
export const RESULTS_ONLY = { notrack: true, recommendations: false };

/**
 * Leaves out files. Each call counts against the license: docs/operations.md#what-counts-against-the-license.
 */
export const PAGES_ONLY = { constraint: 'type:wiki' };

/** For fields that store the ID of the page, which stays when it moves. */
export const searchPages = pageList((id) => id);

/** For fields that compare paths. */
export const searchPagePaths = pageList((_id, path) => (path === '' ? HOME : path));

type ValueOf = (id: string | undefined, path: string | undefined) => string | undefined;

function pageList(valueOf: ValueOf): ListSearch {
	return pagedSearch((words, origin) =>
		isSearchable(words) ? foundPages(words, valueOf) : topPages(words, valueOf, origin),
	);
}

/** Searches count against the license, and n8n searches with every letter. */
const MIN_SEARCHED_CHARS = 3;

/** Whether there is enough to search for: one letter of a script without capitals, such as Chinese, can be a word. */
function isSearchable(words: string): boolean {
	return words.length >= MIN_SEARCHED_CHARS || /\p{Lo}/u.test(words);
}

/** Lists the home page and the top pages by name, which does not count. */
const topPages = (words: string, valueOf: ValueOf, url = ''): SearchedList => ({
	path: '/pages/home/subpages',
	doing: 'list the pages of the site',
	root: 'subpages',
	element: 'page.subpage',
	entry: (page) => pageEntry(page, valueOf).filter(({ name }) => contains(name, words)),
	...(contains(HOME_PAGE, words) ? { first: { name: HOME_PAGE, value: HOME, url } } : {}),
});

const HOME_PAGE = 'Home Page';

/** The home page in each list. */
export const HOME = 'home';

const foundPages = (words: string, valueOf: ValueOf): SearchedList => ({
	path: '/site/query',
	query: { q: words, ...RESULTS_ONLY, ...PAGES_ONLY },
	doing: 'search the pages of the site',
	root: 'search',
	element: 'result',
	entry: (result) => pageEntry(result, valueOf),
});

/** Skip files, which a site that ignores the constraint gives: the specification shows the type of a page. */
function pageEntry(found: XmlElement, valueOf: ValueOf): INodeListSearchItems[] {
	if ((textOf(found, 'type') ?? 'page') !== 'page') return [];
	const id = attribute(found, 'id') ?? textOf(found, 'id');
	const path = pagePath(child(found, 'page') ?? found);
	return entryOf(valueOf(id, path), titleAndPath(found, path), pageUrl(found) ?? textOf(found, 'uri'));
}

/** Adds the path, because many pages share a title, such as "Overview". */
export function titleAndPath(page: XmlElement, path: string | undefined): string | undefined {
	const title = textOf(page, 'title') ?? path;
	return path === undefined || path === '' || path === title ? title : `${title} (${path})`;
}
