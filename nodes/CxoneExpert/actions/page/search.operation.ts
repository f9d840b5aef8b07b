import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { withoutSlashes } from '../input/page-reference';
import { children } from '../../api/xml';
import { choice } from '../input/choice';
import { limit, optionsField, returnAll, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { paged } from '../input/list-page';
import { asList, asText, type OperationContext } from '../core/operation-context';
import { resultItem } from './result-item';

const query: INodeProperties = {
	displayName: 'Query',
	name: 'query',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. reset the phone',
	description: 'Words to look for',
};

/** The first is what the site does by itself. */
const ORDERS: INodePropertyOptions[] = [
	{ name: 'Best Match First', value: '-rank' },
	{ name: 'Best Match Last', value: 'rank' },
	{ name: 'Newest Change First', value: '-modified' },
	{ name: 'Oldest Change First', value: 'modified' },
	{ name: 'Title A to Z', value: 'title' },
	{ name: 'Title Z to A', value: '-title' },
];

const options = optionsField([
	{
		displayName: 'Below Page',
		name: 'below',
		type: 'string',
		default: '',
		placeholder: 'e.g. Guides/Setup',
		description: 'Path of the page below which to look',
	},
	{
		displayName: 'Sort By',
		name: 'sortBy',
		type: 'options',
		options: ORDERS,
		default: '-rank',
		description: 'Order of the results',
	},
	{
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		placeholder: 'e.g. article:topic-guide',
		description: 'Tags that results must have, separated by commas',
	},
	{
		displayName: 'Types',
		name: 'types',
		type: 'string',
		default: '',
		description:
			'Kinds of results to return, separated by commas, as the site names them. When empty, all are returned.',
	},
]);

/**
 * What the search finds and nothing else: without these each call counts as a search of a reader, and
 * the site adds what it recommends.
 */
export const AS_IT_IS = { notrack: true, recommendations: false };

/** GET /site/query: what readers find with the search of the site. */
export const searchPagesOperation: Operation = {
	value: 'search',
	name: 'Search',
	action: 'Search pages',
	description: 'Find pages and files with the search of the site',
	fields: [query, returnAll, limit, simplify, options],
	async run(run) {
		const wanted = { q: run.required('query', 'Query'), ...narrowed(run) };
		const path = '/site/query';
		const doing = 'search the site';
		const found = await paged(run.max, async (most, offset) => {
			const query = { ...wanted, limit: most, offset, ...AS_IT_IS };
			const root = await run.site.read({ method: 'GET', path, query, doing }, 'search');
			return children(root, 'result');
		});
		await run.site.assertTokenAccepted();
		return results(run, found, resultItem);
	},
};

function narrowed(run: OperationContext): Record<string, string> {
	const { below, tags, types, sortBy } = run.options;
	const entered = {
		// The site takes a list with commas between.
		pathancestors: withoutSlashes(asText(below)).replaceAll(',', '%2C'),
		tags: asList(tags).join(','),
		types: asList(types).join(','),
	};
	const filled = Object.entries(entered).filter(([, value]) => value !== '');
	return { ...Object.fromEntries(filled), sortby: choice(run, 'Sort By', sortBy, ORDERS) };
}
