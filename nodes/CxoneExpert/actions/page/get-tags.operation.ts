import { page } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { readTags, tagsItem } from './tags';

/** GET /pages/{id}/tags. */
export const getPageTags: Operation = {
	value: 'getTags',
	name: 'Get Tags',
	action: 'Get the tags of a page',
	description: 'Get all tags of a page as a list',
	fields: [page],
	async run(run) {
		const reference = run.page();
		return outputs([tagsItem(reference, await readTags(run, reference))]);
	},
};
