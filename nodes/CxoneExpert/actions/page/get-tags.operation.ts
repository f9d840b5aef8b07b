import { defineOperation, outputs } from '../core/operation';
import { page } from '../input/shared-fields';
import { readTags, tagsItem } from './tags';

/** GET /pages/{id}/tags. */
export const getPageTags = defineOperation({
	value: 'getTags',
	name: 'Get Tags',
	action: 'Get tags of page',
	description: 'Get all tags of a page as a list',
	fields: { page },
	async run(run, fields) {
		const reference = run.read(fields.page);
		return outputs([tagsItem(reference, await readTags(run, reference))]);
	},
});
