import { defineOperation } from '../core/operation';
import { targetPage } from '../input/shared-fields';
import { tagsField } from './fields';
import { changeTags, without } from './tags';

/** PUT /pages/{id}/tags with the tags that the page has and the new ones. */
export const addPageTags = defineOperation({
	value: 'addTags',
	name: 'Add Tags',
	action: 'Add tags to page',
	description: 'Add tags to a page and keep the others',
	fields: { page: targetPage, tags: tagsField },
	async run(run, fields) {
		return await changeTags(run, fields, (before, named) => [...before, ...without(named, before)]);
	},
});
