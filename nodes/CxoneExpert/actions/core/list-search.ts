import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { asExpertError } from '../../api/expert-error';
import { entryKey } from '../../api/pagination';
import { children, type XmlElement } from '../../api/xml';
import type { SiteList } from './results';
import { ExpertSite, nodeError } from './site';

/** Fills a "From List" field. n8n gives what a person types there, and where a step begins. */
export type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
) => Promise<INodeListSearchResult>;

interface Search {
	site: ExpertSite;
	/** What a person has typed. */
	words: string;
	/** Where the step begins, as the step before it says. */
	token: string;
	/** n8n itself, for other fields of the node. */
	n8n: ILoadOptionsFunctions;
}

/** Throws errors of n8n's own kinds: of no other does n8n show what to do. */
export function listSearch(find: (search: Search) => Promise<INodeListSearchResult>): ListSearch {
	return async function (filter = '', token = '0') {
		try {
			const site = await ExpertSite.connect(this);
			return await find({ site, words: filter.trim(), token, n8n: this });
		} catch (thrown) {
			throw nodeError(this.getNode(), asExpertError(thrown));
		}
	};
}

export interface SearchedList extends SiteList {
	/** What the field shows of an element; empty for one that cannot be chosen. */
	entry: (found: XmlElement) => INodeListSearchItems[];
	/** Stands before all others. */
	first?: INodeListSearchItems;
}

/** How many entries a step of a list asks for. */
const PAGE_SIZE = 50;

/**
 * A list that is read step by step. It ends when a step is empty or begins like the one before it: a site may give
 * fewer entries than asked for, or the same ones again and again.
 */
export function pagedSearch(
	listOf: (words: string, origin: string | undefined) => SearchedList,
): ListSearch {
	return listSearch(async ({ site, words, token }) => {
		const { root, element, entry, query, first: before, ...about } = listOf(words, site.origin);
		// Where this step begins, and how the one before it began.
		const [start, ...previous] = token.split(' ');
		const offset = Number(start);
		const step = {
			...about,
			method: 'GET',
			query: { ...query, limit: PAGE_SIZE, offset },
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

/** An entry of a list, by its ID where nothing else names it; none for something without an ID. */
export function entryOf(
	value: string | undefined,
	name: string | undefined,
	url?: string,
): INodeListSearchItems[] {
	if (value === undefined) return [];
	return [{ name: name ?? value, value, ...(url === undefined ? {} : { url }) }];
}

export function contains(text: string, words: string): boolean {
	return text.toLowerCase().includes(words.toLowerCase());
}
