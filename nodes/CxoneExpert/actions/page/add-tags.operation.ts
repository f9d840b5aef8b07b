import { page } from '../input/fields';
import type { Operation } from '../core/operation';
import { tagsField } from './fields';
import { changeTags, without } from './tags';

/** PUT /pages/{id}/tags with the tags that are there and the new ones. */
export const addPageTags: Operation = {
	value: 'addTags',
	name: 'Add Tags',
	action: 'Add tags to a page',
	description: 'Add tags to a page and keep the others',
	fields: [page, tagsField],
	async run(run) {
		return await changeTags(run, (before, named) => [...before, ...without(named, before)]);
	},
};
