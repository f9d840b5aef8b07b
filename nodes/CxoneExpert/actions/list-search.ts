import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import type { XmlElement } from '../transport/xml';

/** Entries that one step of a list shows. */
const STEP = 50;

/** Which part of a list is asked for, as the API takes it. */
export interface Step {
	limit: number;
	offset: number;
}

/**
 * One step of the list of a "From List" field.
 *
 * @param fetch reads the things of this step
 * @param entry what the list shows of one of them; nothing for what cannot be chosen
 * @param token where the step begins
 */
export async function listStep(
	fetch: (step: Step) => Promise<XmlElement[]>,
	entry: (found: XmlElement) => INodeListSearchItems[],
	token?: string,
): Promise<INodeListSearchResult> {
	const offset = Number(token ?? 0);
	const found = await fetch({ limit: STEP, offset });
	return {
		results: found.flatMap(entry),
		...(found.length < STEP ? {} : { paginationToken: String(offset + STEP) }),
	};
}

/** Many pages can have one title, such as "Overview": the path tells them apart. */
export function titleAndPath(title: string, path: string | undefined): string {
	return path === undefined || path === '' || path === title ? title : `${title} (${path})`;
}
