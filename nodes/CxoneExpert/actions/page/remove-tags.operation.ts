import { page } from '../input/fields';
import type { Operation } from '../core/operation';
import { tagsField } from './fields';
import { changeTags, without } from './tags';

/** PUT /pages/{id}/tags with the tags that are left. */
export const removePageTags: Operation = {
	value: 'removeTags',
	name: 'Remove Tags',
	action: 'Remove tags from a page',
	description: 'Remove tags from a page and keep the others',
	fields: [page, tagsField],
	async run(run) {
		return await changeTags(run, without);
	},
};
