import type { IDataObject } from 'n8n-workflow';

import { numberOf } from '../../api/elements';
import { compact } from '../../api/compact';
import { attribute, children, type XmlElement } from '../../api/xml';
import { limit, optionsField, page, returnAll, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { paged } from '../input/list-page';
import { asList } from '../core/operation-context';
import { pageItem } from './page-item';

const options = optionsField([
	{
		displayName: 'Article Types',
		name: 'article',
		type: 'string',
		default: '',
		placeholder: 'e.g. topic-guide, topic-category',
		description: 'Kinds of pages to return, separated by commas. When empty, all are returned.',
	},
]);

/** GET /pages/{id}/subpages: the pages directly below a page. */
export const getPageSubpages: Operation = {
	value: 'getSubpages',
	name: 'Get Subpages',
	action: 'Get the subpages of a page',
	description: 'Get the pages directly below a page',
	fields: [page, returnAll, limit, simplify, options],
	async run(run) {
		const { key, label } = run.page();
		const path = `/pages/${key}/subpages`;
		const doing = `list the pages below ${label}`;
		const articles = asList(run.options.article).join(',');
		const subpages = await paged(run.max, async (most, offset) => {
			const query = { limit: most, offset, ...(articles === '' ? {} : { article: articles }) };
			const root = await run.site.read({ method: 'GET', path, query, doing }, 'subpages');
			return children(root, 'page.subpage');
		});
		await run.site.assertTokenAccepted();
		return results(run, subpages, subpageItem);
	},
};

function subpageItem(subpage: XmlElement): IDataObject {
	const subpages = attribute(subpage, 'subpages');
	return compact({
		...pageItem(subpage),
		hasSubpages: subpages === undefined ? undefined : subpages === 'true',
		fileCount: numberOf(attribute(subpage, 'files')),
	});
}
