import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { present } from '../../transport/present';
import { attribute, children, type XmlElement } from '../../transport/xml';
import { limit, page, returnAll, simplify } from '../fields';
import { type Operation, outputs } from '../operation';
import { paged } from '../paging';
import { asList } from '../run';
import { numberOf, pageItem } from './page-item';

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Article Types',
			name: 'article',
			type: 'string',
			default: '',
			placeholder: 'e.g. topic-guide,topic-category',
			description: 'Kinds of pages to give, separated by commas. Empty gives all.',
		},
	],
};

/** GET /pages/{id}/subpages: the pages directly below a page. */
export const getSubpages: Operation = {
	value: 'getSubpages',
	name: 'Get Subpages',
	action: 'Get the subpages of a page',
	description: 'Get the pages directly below a page',
	fields: [page, returnAll, limit, simplify, options],
	async run(run) {
		const { key, words } = run.page();
		const path = `/pages/${key}/subpages`;
		const doing = `list the pages below ${words}`;
		const articles = asList(run.options.article).join(',');
		const subpages = await paged(run.most, async (most, offset) => {
			const query = { limit: most, offset, ...(articles === '' ? {} : { article: articles }) };
			const root = await run.expert.read({ method: 'GET', path, query, doing }, 'subpages');
			return children(root, 'page.subpage');
		});
		await run.expert.needAccepted();
		return outputs(run.flag('simplify') ? subpages.map(subpageItem) : subpages);
	},
};

function subpageItem(subpage: XmlElement): IDataObject {
	const subpages = attribute(subpage, 'subpages');
	return present({
		...pageItem(subpage),
		hasSubpages: subpages === undefined ? undefined : subpages === 'true',
		fileCount: numberOf(attribute(subpage, 'files')),
	});
}
