import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import type { ApiCall } from '../api/client';
import { asExpertError } from '../api/expert-error';
import { ExpertSite } from '../api/expert-site';
import { nodeError } from '../api/node-error';
import { entryKey } from '../api/pagination';
import { children, type XmlElement } from '../api/xml';

/** Fills a "From List" field. n8n passes what a person types, and the token of the previous step. */
export type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
) => Promise<INodeListSearchResult>;

interface ListRequest {
	site: ExpertSite;
	words: string;
	/** `paginationToken` of the previous step. */
	token: string;
	/** Gives access to other fields of the node. */
	n8n: ILoadOptionsFunctions;
}

/** Throws n8n's own errors: n8n shows the description of no others. */
export function asListSearch(find: (request: ListRequest) => Promise<INodeListSearchResult>): ListSearch {
	return async function (filter = '', token = '0') {
		try {
			const site = await ExpertSite.connect(this);
			return await find({ site, words: filter.trim(), token, n8n: this });
		} catch (thrown) {
			throw nodeError(this.getNode(), asExpertError(thrown));
		}
	};
}

export interface SearchedList extends Omit<ApiCall, 'method'> {
	/** Root element of a response. */
	root: string;
	/** Name of its entries. */
	element: string;
	/** Returns what the field shows; nothing for an element that cannot be chosen. */
	entry: (found: XmlElement) => INodeListSearchItems[];
	first?: INodeListSearchItems;
}

const ENTRIES_PER_STEP = 50;

/**
 * Reads a list step by step. It ends when a step is empty or starts like the previous one: a site may give
 * fewer entries than asked for, or repeat itself.
 */
export function pagedSearch(listOf: (words: string, origin: string | undefined) => SearchedList): ListSearch {
	return asListSearch(async ({ site, words, token }) => {
		const { root, element, entry, query, first: before, ...about } = listOf(words, site.origin);
		// The token says where this step starts, and how the previous one started.
		const [start, ...previous] = token.split(' ');
		const offset = Number(start);
		const step = {
			...about,
			method: 'GET',
			query: { ...query, limit: ENTRIES_PER_STEP, offset },
		} as const;
		const found = children(await site.read(step, root), element);
		const results = before !== undefined && offset === 0 ? [before] : [];
		const [first] = found;
		if (first === undefined || entryKey(first) === previous.join(' ')) return { results };
		return {
			results: [...results, ...found.flatMap(entry)],
			paginationToken: `${offset + found.length} ${entryKey(first)}`,
		};
	});
}

/** Falls back to the ID as name; none without an ID. */
export function entryOf(value: string | undefined, name: string | undefined, url?: string): INodeListSearchItems[] {
	if (value === undefined) return [];
	return [{ name: name ?? value, value, ...(url === undefined ? {} : { url }) }];
}

export function contains(text: string, words: string): boolean {
	return text.toLowerCase().includes(words.toLowerCase());
}
