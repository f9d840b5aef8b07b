import { doubleEncode } from '../../api/path-segment';
import { attribute, child, children } from '../../api/xml';
import { adviceIfEmpty, asText, type Field, onlyEntered, refuse } from '../../parameters/field';
import { locatorOf, locatorProperty, NOT_CHOSEN } from '../../parameters/locator';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, results, simplify } from '../core/results';
import { pageIdOf, pathOf } from '../find-page';
import { changedPageItem } from '../page/items';
import { below, SOME_MISSING } from '../page-field';

const property = locatorProperty(
	'searchTags',
	{
		displayName: 'Tag',
		name: 'tag',
		default: NOT_CHOSEN,
		description: 'The tag. Upper and lower case do not matter.',
	},
	{ displayName: 'By Name', name: 'name', placeholder: 'e.g. review-at:2027-05', validation: [] },
);

/** Takes the name of a tag. An expression can give a tag as "Get Many" returns it, whose ID means nothing here. */
const tag: Field<string> = {
	property,
	read(entered) {
		const { value } = locatorOf(entered);
		const isTag = typeof value === 'object' && value !== null && 'name' in value;
		return asText(isTag ? value.name : value) || refuse(NO_TAG);
	},
};

const NO_TAG = {
	message: 'No tag is named',
	...adviceIfEmpty('Choose one from the list, or enter its name.', 'Pass its name.'),
};

/** GET /site/tags/{=name}. It gives all pages at once and is complete, unlike a search. */
export const getTagPages = defineOperation({
	value: 'getPages',
	name: 'Get Pages',
	action: 'Get pages with tag',
	description: 'Get every page that has a tag: exact and complete, unlike a search',
	fields: { tag, below, ...limitFields, simplify },
	async run(run, { tag, below, simplify, ...limits }) {
		const query = { include: 'tags', ...onlyEntered({ parentid: await pageIdOf(run, below) }) };
		const path = `/site/tags/=${doubleEncode(tag)}`;
		const call = { method: 'GET', path, query, doing: 'get the pages with a tag' } as const;
		// A tag that no page has may not be there at all.
		const found = await run.site.readIfExists(call, 'tag');
		const list = child(found, 'pages');
		const [pages, max] = [children(list, 'page'), maxResults(limits)];
		// A page that does not exist has no pages below it either, and one named by its number has not been looked up.
		if (pages.length === 0) {
			await pathOf(run, below);
			if (tag.includes(',')) run.note(ONE_TAG);
		}
		const total = Number(attribute(list, 'totalcount'));
		if (Math.min(total, max) > pages.length) run.note(someMissing(pages.length, total), SOME_MISSING);
		return results(pages.slice(0, max), simplify, changedPageItem);
	},
});

const ONE_TAG =
	'No page has a tag of this name, which contains a comma. Enter one tag: pages that have several are found one tag at a time.';

const someMissing = (came: number, total: number) =>
	`The site counts ${total} pages with this tag and gave only ${came}, so some may be missing. Choose pages further down as 'Below Page'.`;
