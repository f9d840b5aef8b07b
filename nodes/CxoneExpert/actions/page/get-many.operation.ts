import { compact } from '../../api/compact';
import { pagePath } from '../../api/elements';
import {
	choiceField,
	collectionField,
	listField,
	optionsField,
	requiredTextField,
	type ValuesOf,
} from '../field';
import { resultItem } from '../items';
import { defineOperation, type OperationContext } from '../operation';
import { below, type PageReference } from '../page-field';
import { readList, results, limitFields, maxResults, simplify } from '../results';
import { readPageInfo } from './find-page';

const queryField = requiredTextField({
	displayName: 'Query',
	name: 'query',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. reset the phone',
	description: 'Words to look for',
});

const filters = {
	tags: listField({
		displayName: 'Tags',
		name: 'tags',
		type: 'string',
		default: '',
		placeholder: 'e.g. article:topic-guide',
		description: 'Tags that results must have, separated by commas',
	}),
	types: listField({
		displayName: 'Types',
		name: 'types',
		type: 'string',
		default: '',
		placeholder: 'e.g. page, file',
		description:
			'Types of results to return, separated by commas, as the site names them. When empty, all are returned.',
	}),
};

const sort = collectionField(
	{ displayName: 'Sort', name: 'sort', placeholder: 'Add sort rule' },
	{
		sortBy: choiceField({
			displayName: 'Sort By',
			name: 'sortBy',
			type: 'options',
			// The first is what the site does by itself.
			options: [
				{ name: 'Best Match First', value: '-rank' },
				{ name: 'Best Match Last', value: 'rank' },
				{ name: 'Newest Change First', value: '-modified' },
				{ name: 'Oldest Change First', value: 'modified' },
				{ name: 'Title A to Z', value: 'title' },
				{ name: 'Title Z to A', value: '-title' },
			],
			default: '-rank',
			description: 'Order of the results',
		}),
	},
);

/**
 * Search results and nothing else. Without these each call counts as a search of a reader, and the site
 * adds recommendations.
 */
export const RESULTS_ONLY = { notrack: true, recommendations: false };

/** GET /site/query: what readers find with the search of the site. */
export const getManyPages = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many pages',
	description: 'Find pages and files with the search of the site',
	fields: {
		query: queryField,
		below,
		...limitFields,
		simplify,
		options: optionsField(filters),
		sort,
	},
	async run(run, fields) {
		const call = {
			path: '/site/query',
			query: {
				q: run.read(fields.query),
				...filterQuery(run.read(fields.options)),
				sortby: run.read(fields.sort).sortBy,
				...(await ancestorQuery(run, run.read(fields.below))),
				...RESULTS_ONLY,
			},
			doing: 'search the site',
		};
		const names = { root: 'search', element: 'result' };
		const found = await readList(run.site, call, names, maxResults(run, fields));
		return results(found, run.read(fields.simplify), resultItem);
	},
});

/** The site takes a path only: that of a page that is named otherwise is looked up. */
async function ancestorQuery(
	run: OperationContext,
	reference: PageReference,
): Promise<Record<string, string>> {
	if (reference.key === 'home') return {};
	const path = reference.path ?? pagePath(await readPageInfo(run, reference)) ?? '';
	// The site treats a comma as the end of one path and the start of the next.
	return path === '' ? {} : { pathancestors: path.replaceAll(',', '%2C') };
}

function filterQuery({ tags, types }: ValuesOf<typeof filters>) {
	return compact({
		tags: tags.join(',') || undefined,
		types: types.join(',') || undefined,
	});
}
