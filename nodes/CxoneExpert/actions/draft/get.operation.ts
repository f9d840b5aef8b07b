import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { page } from '../page-field';
import { draftCall } from './draft';
import { draftItem } from './items';

/** GET /drafts/{id}. For a page without a draft, sites respond 404 or with an inactive draft. */
export const getDraft = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get state of draft',
	description: 'Get title, URL, state and revision of the draft of a page',
	fields: { page, simplify },
	async run({ site }, { page, simplify }) {
		const draft = await site.read(draftCall('GET', page, '', 'read the draft of'), 'draft');
		return results([draft], simplify, draftItem);
	},
});
