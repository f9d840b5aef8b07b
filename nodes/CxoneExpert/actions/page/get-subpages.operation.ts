import { listField, onlyEntered, optionsField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { readList, results, limitFields, maxResults, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { page } from '../page-field';
import { subpageItem } from './items';

const options = optionsField({
	articleTypes: listField({
		displayName: 'Article Types',
		name: 'article',
		placeholder: 'e.g. topic-guide, topic-category',
		description: 'Types of pages to return, separated by commas. When empty, all are returned.',
	}),
});

/** GET /pages/{id}/subpages. */
export const getPageSubpages = defineOperation({
	value: 'getSubpages',
	name: 'Get Subpages',
	action: 'Get subpages directly below page',
	description: 'Get the pages directly below a page',
	fields: { page, ...limitFields, simplify, options },
	async run(run, { page, simplify, options, ...limits }) {
		const article = options.articleTypes.join(',');
		const call = pageCall('GET', page, '/subpages', 'list the pages below');
		const query = onlyEntered({ article });
		const list = { ...call, query, root: 'subpages', element: 'page.subpage' };
		const subpages = await readList(run.site, list, maxResults(limits));
		return results(subpages, simplify, subpageItem);
	},
});
