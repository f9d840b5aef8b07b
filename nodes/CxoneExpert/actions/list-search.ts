import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { attribute, child, children, textOf, type XmlElement } from '../transport/xml';
import { Expert } from './expert';
import { pathOf } from './page/page-item';

/** Entries that one step of a list shows. */
const STEP = 50;

/**
 * The list of a "Page" field: without a filter the pages directly below the home page, else what the
 * search of the site finds.
 *
 * @param token where the next step begins
 */
export async function searchPages(
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const expert = await Expert.connect(this);
	const offset = Number(token ?? 0);
	const words = filter?.trim() ?? '';
	const pages = words === '' ? await topPages(expert, offset) : await found(expert, words, offset);
	const isStart = words === '' && offset === 0;
	return {
		results: [...(isStart ? [homePage(expert)] : []), ...pages.flatMap(entry)],
		...(pages.length < STEP ? {} : { paginationToken: String(offset + STEP) }),
	};
}

async function topPages(expert: Expert, offset: number): Promise<XmlElement[]> {
	const doing = 'list the pages of the site';
	const query = { limit: STEP, offset };
	const path = '/pages/home/subpages';
	const root = await expert.read({ method: 'GET', path, query, doing }, 'subpages');
	return children(root, 'page.subpage');
}

/** Without `notrack` each key that is pressed would count as a search of a reader. */
async function found(expert: Expert, words: string, offset: number): Promise<XmlElement[]> {
	const doing = 'search the pages of the site';
	const query = { q: words, limit: STEP, offset, notrack: true };
	const path = '/site/query';
	const root = await expert.read({ method: 'GET', path, query, doing }, 'search');
	return children(root, 'result');
}

function homePage({ origin }: Expert) {
	return { name: 'Home Page', value: 'home', ...(origin === undefined ? {} : { url: origin }) };
}

/**
 * What the search finds can also be a file. The specification does not say by which value of `types`
 * the site would give pages only, but it shows what it calls one.
 */
function isPage(found: XmlElement): boolean {
	return (textOf(found, 'type') ?? 'page') === 'page';
}

function entry(found: XmlElement) {
	const value = attribute(found, 'id') ?? textOf(found, 'id');
	if (value === undefined || !isPage(found)) return [];
	const path = pathOf(child(found, 'page') ?? found);
	const title = textOf(found, 'title') ?? path ?? value;
	const url = textOf(found, 'uri.ui') ?? textOf(found, 'uri');
	// Many pages can have one title, such as "Overview".
	const name = path === undefined || path === title ? title : `${title} (${path})`;
	return [{ name, value, ...(url === undefined ? {} : { url }) }];
}
