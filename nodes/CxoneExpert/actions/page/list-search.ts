import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { pagePath, pageUrl } from '../../api/elements';
import { attribute, child, children, textOf, type XmlElement } from '../../api/xml';
import { ExpertSite } from '../core/site';
import { listStep, type SearchPage, titleAndPath } from '../input/list-search';
import { RESULTS_ONLY } from './get-many.operation';

/**
 * The list of a "Page" field: without a filter the home page and the pages directly below it, otherwise
 * search results.
 *
 * @param token where the next step begins
 */
export async function searchPageList(
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const site = await ExpertSite.connect(this);
	const words = filter?.trim() ?? '';
	if (words !== '') return await listStep((step) => found(site, words, step), entry, token);
	const top = await listStep((step) => topPages(site, step), entry, token);
	const isStart = Number(token ?? 0) === 0;
	return isStart ? { ...top, results: [homePage(site), ...top.results] } : top;
}

async function topPages(site: ExpertSite, step: SearchPage): Promise<XmlElement[]> {
	const doing = 'list the pages of the site';
	const query = { ...step };
	const path = '/pages/home/subpages';
	const root = await site.read({ method: 'GET', path, query, doing }, 'subpages');
	return children(root, 'page.subpage');
}

async function found(site: ExpertSite, words: string, step: SearchPage): Promise<XmlElement[]> {
	const doing = 'search the pages of the site';
	const query = { q: words, ...step, ...RESULTS_ONLY };
	const path = '/site/query';
	const root = await site.read({ method: 'GET', path, query, doing }, 'search');
	return children(root, 'result');
}

function homePage({ origin }: ExpertSite): INodeListSearchItems {
	return { name: 'Home Page', value: 'home', ...(origin === undefined ? {} : { url: origin }) };
}

/**
 * A search result can also be a file. The specification does not say which value of `types` limits the
 * results to pages, but it shows the type of a page.
 */
function isPage(found: XmlElement): boolean {
	return (textOf(found, 'type') ?? 'page') === 'page';
}

function entry(found: XmlElement): INodeListSearchItems[] {
	const value = attribute(found, 'id') ?? textOf(found, 'id');
	if (value === undefined || !isPage(found)) return [];
	const path = pagePath(child(found, 'page') ?? found);
	const name = titleAndPath(textOf(found, 'title') ?? path ?? value, path);
	const url = pageUrl(found) ?? textOf(found, 'uri');
	return [{ name, value, ...(url === undefined ? {} : { url }) }];
}
