import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { counted } from '../../shared/counted';
import { tagKey } from '../../shared/page-fields';
import { isWantedPath } from '../event/wanted';
import { type PageParameters, readPageParameters } from '../parameters';
import { type FoundPage, lookUpPages } from './page-lookup';
import { pageOfItem, pageQuery } from './page-query';

/**
 * The items with what the site says of their pages, and without those whose page is not wanted.
 * Whatever becomes of the site, an item goes on: only what is known can leave it out.
 */
export async function withDescribedPages(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const parameters = readPageParameters(context);
	if (!asksSite(parameters)) return items;
	const results = await lookUpEach(context, items);
	const leftOut: string[] = [];
	const described = items.flatMap((item, index) => {
		const event = pageOfItem(item.json);
		const page = describedPage(event, results[index]);
		const option = leftOutBy(page, event?.path !== undefined, parameters);
		if (option === undefined) return [parameters.addDetails ? withPage(item, page) : item];
		leftOut.push(option);
		return [];
	});
	if (leftOut.length > 0) context.addExecutionHints(hintOf(leftOut));
	return described;
}

function asksSite({ addDetails, skipDrafts, tags }: PageParameters): boolean {
	return addDetails || skipDrafts || tags.length > 0;
}

/** What was found for each item; `undefined` where there is nothing to look up. */
async function lookUpEach(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<FoundPage[]> {
	const queries = items.map(({ json }) => pageQuery(json));
	const asked = queries.filter((query) => query !== undefined);
	const results = (await lookUpPages(context, asked)).values();
	return queries.map((query) => (query === undefined ? undefined : results.next().value));
}

/**
 * The page as the event names it, with what the event leaves out. Whether it is a draft is for the site
 * to say: it may have been published since.
 */
function describedPage(event: IDataObject | undefined, found: FoundPage): IDataObject | undefined {
	if (found === undefined) return event;
	const { draftState } = found;
	return { ...found, ...event, ...(draftState === undefined ? {} : { draftState }) };
}

/**
 * The name of the option that leaves out the event of a page; `undefined` when it passes. Each judges
 * only what is known.
 *
 * @param page as the event and the site describe it
 * @param isNamed whether the event itself says where the page is: then that has been judged already
 */
export function leftOutBy(
	page: IDataObject | undefined,
	isNamed: boolean,
	{ skipDrafts, tags, pathPrefixes }: PageParameters,
): string | undefined {
	if (page === undefined) return undefined;
	if (skipDrafts && page.draftState === 'unpublished') return 'Skip Drafts';
	if (!hasOneOf(page.tags, tags)) return 'Page Tags';
	const isElsewhere = typeof page.path === 'string' && !isWantedPath(page.path, pathPrefixes);
	return !isNamed && isElsewhere ? 'Page Paths' : undefined;
}

/** @param tags of the page, where they are known */
function hasOneOf(tags: unknown, wanted: string[]): boolean {
	if (!Array.isArray(tags) || wanted.length === 0) return true;
	const keys = new Set((tags as string[]).map(tagKey));
	return wanted.some((tag) => keys.has(tagKey(tag)));
}

/** Another item: n8n may hold on to the one that it gave. */
function withPage(item: INodeExecutionData, page: IDataObject | undefined): INodeExecutionData {
	return page === undefined ? item : { ...item, json: { ...item.json, page } };
}

/** For the author of a workflow, who would look in vain for an item. */
function hintOf(leftOut: string[]) {
	const count = counted(leftOut.length, 'event was', 'events were');
	const options = [...new Set(leftOut)].sort().join(', ');
	return { message: `${count} left out by: ${options}`, location: 'outputPane' as const };
}
