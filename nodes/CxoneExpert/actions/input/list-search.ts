import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { entryKey } from '../../api/pagination';
import type { XmlElement } from '../../api/xml';

/** How many entries a step of a list asks for. */
const PAGE_SIZE = 50;

/** The part of a list that a step asks for, as the API takes it. */
export interface SearchPage {
	limit: number;
	offset: number;
}

/**
 * One step of the list of a "From List" field. The list ends when a step is empty or begins like the
 * one before it: a site may give fewer entries than it is asked for, or the same again and again.
 *
 * @param fetch reads the elements of this step
 * @param entry what the list shows of an element; empty for one that cannot be chosen
 * @param token from the step before: where this one begins, and how that one began
 */
export async function listStep(
	fetch: (step: SearchPage) => Promise<XmlElement[]>,
	entry: (found: XmlElement) => INodeListSearchItems[],
	token = '0',
): Promise<INodeListSearchResult> {
	const [start, ...before] = token.split(' ');
	const offset = Number(start);
	const found = await fetch({ limit: PAGE_SIZE, offset });
	const [first] = found;
	if (first === undefined || entryKey(first) === before.join(' ')) return { results: [] };
	return {
		results: found.flatMap(entry),
		paginationToken: `${offset + found.length} ${entryKey(first)}`,
	};
}

/** Many pages can have one title, such as "Overview": the path tells them apart. */
export function titleAndPath(title: string, path: string | undefined): string {
	return path === undefined || path === '' || path === title ? title : `${title} (${path})`;
}
