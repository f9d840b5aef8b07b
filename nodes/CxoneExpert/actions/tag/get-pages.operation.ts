import { doubleEncode } from '../../api/path-segment';
import { child, children } from '../../api/xml';
import { onlyEntered } from '../core/field';
import { locatorProperty, NOT_CHOSEN, thingField } from '../core/locator';
import { defineOperation } from '../core/operation';
import { limitFields, maxResults, results, simplify } from '../core/results';
import { idOf } from '../find-page';
import { changedPageItem } from '../page/items';
import { below } from '../page-field';

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

const tag = thingField(property, 'tag', (name) => name);

/** GET /site/tags/{=name}: all at once, and complete, unlike a search. */
export const getTagPages = defineOperation({
	value: 'getPages',
	name: 'Get Pages',
	action: 'Get pages with tag',
	description: 'Get every page that has a tag: exact and complete, unlike a search',
	fields: { tag, below, ...limitFields, simplify },
	async run(run, { tag, below, simplify, ...limits }) {
		const query = { include: 'tags', ...onlyEntered({ parentid: await idOf(run, below) }) };
		const path = `/site/tags/=${doubleEncode(tag)}`;
		const call = { method: 'GET', path, query, doing: 'get the pages with a tag' } as const;
		// A tag that no page has may not be there at all.
		const found = await run.site.readIfExists(call, 'tag');
		const pages = children(child(found, 'pages'), 'page').slice(0, maxResults(limits));
		return results(pages, simplify, changedPageItem);
	},
});
