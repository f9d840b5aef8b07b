import { children } from '../../api/xml';
import { defineOperation, results } from '../core/operation';
import { listField, optionsField } from '../input/fields';
import { readList } from '../input/list-page';
import { limitFields, maxResults, page, simplify } from '../input/shared-fields';
import { pageMessages } from './find-page';
import { subpageItem } from './items';

const options = optionsField({
	articleTypes: listField({
		displayName: 'Article Types',
		name: 'article',
		type: 'string',
		default: '',
		placeholder: 'e.g. topic-guide, topic-category',
		description: 'Types of pages to return, separated by commas. When empty, all are returned.',
	}),
});

/** GET /pages/{id}/subpages: the pages directly below a page. */
export const getPageSubpages = defineOperation({
	value: 'getSubpages',
	name: 'Get Subpages',
	action: 'Get subpages of page',
	description: 'Get the pages directly below a page',
	fields: { page, ...limitFields, simplify, options },
	async run(run, fields) {
		const reference = run.read(fields.page);
		const { key, label } = reference;
		const messages = pageMessages(reference);
		const path = `/pages/${key}/subpages`;
		const doing = `list the pages below ${label}`;
		const article = run.read(fields.options).articleTypes.join(',');
		const subpages = await readList(maxResults(run, fields), async (limit, offset) => {
			const query = { limit, offset, ...(article === '' ? {} : { article }) };
			const call = { method: 'GET', path, query, doing, messages } as const;
			const root = await run.site.read(call, 'subpages');
			return children(root, 'page.subpage');
		});
		return results(subpages, run.read(fields.simplify), subpageItem);
	},
});
