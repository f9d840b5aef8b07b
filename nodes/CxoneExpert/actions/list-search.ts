import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { attribute, children, textOf, type XmlElement } from '../transport/xml';
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
	const results = pages.map(entry).filter(({ value }) => value !== '');
	return {
		results,
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
	const query = { q: words, limit: STEP, offset, types: 'wiki', notrack: true };
	const path = '/site/query';
	const root = await expert.read({ method: 'GET', path, query, doing }, 'search');
	return children(root, 'result');
}

function entry(page: XmlElement) {
	const title = textOf(page, 'title') ?? pathOf(page) ?? '';
	const url = textOf(page, 'uri.ui') ?? textOf(page, 'uri');
	return {
		name: title,
		value: attribute(page, 'id') ?? textOf(page, 'id') ?? '',
		...(url === undefined ? {} : { url }),
	};
}
