import { defineOperation } from '../core/operation';
import { targetPage } from '../input/shared-fields';
import { tagsField } from './fields';
import { changeTags, without } from './tags';

/** PUT /pages/{id}/tags with the tags that are left. */
export const removePageTags = defineOperation({
	value: 'removeTags',
	name: 'Remove Tags',
	action: 'Remove tags from page',
	description: 'Remove tags from a page and keep the others',
	fields: { page: targetPage, tags: tagsField },
	async run(run, fields) {
		return await changeTags(run, fields, without);
	},
});
