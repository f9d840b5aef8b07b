import { encode } from '../../api/path-segment';
import { textOf, type XmlElement } from '../../api/xml';
import {
	choiceField,
	collectionField,
	listField,
	onlyEntered,
	optionsField,
	refuse,
	requiredTextField,
} from '../../parameters/field';
import { cutTexts, limitOfCharacters } from '../core/limit-of-characters';
import { defineOperation } from '../core/operation';
import { readList, results, limitFields, maxResults, simplify } from '../core/results';
import { pageIdOf, pathOf } from '../find-page';
import { below } from '../page-field';
import { tagFilter } from '../tag/field';
import { resultItem } from './items';
import { PAGES_ONLY, RESULTS_ONLY } from '../../parameters/page-search';

const queryField = requiredTextField({
	displayName: 'Query',
	name: 'query',
	placeholder: 'e.g. reset the phone',
	description: 'Words to look for: the few that matter, not a whole question',
});

const filters = {
	limitOfCharacters,
	tags: tagFilter('Tags that results must have, separated by commas.', 'e.g. article:topic-guide'),
	types: listField({
		displayName: 'Types',
		name: 'types',
		default: 'page',
		placeholder: 'e.g. page',
		description:
			'Types of results to return, as the "type" of a result names them, separated by commas. When empty, files come, too, whose IDs are not those of pages.',
	}),
};

const sort = collectionField(
	{ displayName: 'Sort', name: 'sort', placeholder: 'Add sort rule' },
	{
		sortBy: choiceField({
			displayName: 'Sort By',
			name: 'sortBy',
			// The first is the site's default.
			options: [
				{ name: 'Best Match First', value: '-rank' },
				{ name: 'Best Match Last', value: 'rank' },
				{ name: 'Newest Change First', value: '-modified' },
				{ name: 'Oldest Change First', value: 'modified' },
				{ name: 'Title A to Z', value: 'title' },
				{ name: 'Title Z to A', value: '-title' },
			],
			description: 'Order of the results',
		}),
	},
);

/** GET /site/query, the search that readers use. */
export const getManyPages = defineOperation({
	value: 'getMany',
	name: 'Get Many',
	action: 'Get many pages by search words',
	description: 'Find pages by words, as readers do with the search of the site',
	builderHint:
		"To answer a question from the knowledge base, use resource: 'passage', operation: 'getMany' instead. For every page with a tag, use resource: 'tag', operation: 'getPages'.",
	fields: {
		query: queryField,
		below,
		...limitFields,
		simplify,
		options: optionsField(filters),
		sort,
	},
	async run(run, { query, below, simplify, options, sort, ...limits }) {
		const types = options.types.map((type) => type.toLowerCase());
		const filter = onlyEntered({
			tags: options.tags.join(','),
			sortby: sort.sortBy,
			// The site takes a path only. It is encoded, then the list: docs/vendor-facts.md#search.
			pathancestors: encode(await pathOf(run, below)),
		});
		const q = run.isTool ? wordsOf(query) : query;
		const list = {
			path: '/site/query',
			query: { q, ...filter, ...RESULTS_ONLY, ...constraintOf(types) },
			doing: 'search the site',
			root: 'search',
			element: 'result',
			matches: types.length === 0 ? undefined : isOneOf(types),
		};
		const found = await readList(run.site, list, maxResults(limits));
		// A path without a page finds nothing, too.
		if (found.length === 0) await pageIdOf(run, below);
		const items = results(found, simplify, resultItem);
		return cutTexts(run, options.limitOfCharacters, ['preview', 'content'], items);
	},
});

/** Filters here, because it is undocumented which types the site can filter by (docs/vendor-facts.md#search). */
function isOneOf(types: string[]) {
	return (result: XmlElement) => types.includes((textOf(result, 'type') ?? 'page').toLowerCase());
}

/** A model writes questions, which the site would read in the syntax of searches: docs/vendor-facts.md#search. */
function wordsOf(query: string): string {
	const words = query
		.replace(/[^\p{L}\p{M}\p{N}\p{Sc}_.@'’-]+|(?<![\p{L}\p{M}\p{N}])-+/gu, ' ')
		.split(' ')
		.filter((word) => /[\p{L}\p{N}]/u.test(word) && !OPERATORS.has(word));
	return words.length > 0 ? words.join(' ') : refuse(NO_WORDS);
}

const OPERATORS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);

const NO_WORDS = {
	message: "'Query' has no word to look for",
	description: 'Enter the few words that matter.',
};

function constraintOf(types: string[]) {
	return types.length > 0 && types.every((type) => type === 'page') ? PAGES_ONLY : {};
}
