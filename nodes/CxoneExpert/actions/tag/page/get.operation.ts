import { defineOperation } from '../../core/operation';
import { outputs } from '../../core/results';
import { page } from '../../page-field';
import { readTagsCall, tagsItem } from './page-tags';

/** GET /pages/{id}/tags. */
export const getPageTags = defineOperation({
	value: 'getTags',
	name: 'Get Tags',
	action: 'Get tags of page',
	description: 'Get all tags of a page as a list',
	fields: { page },
	async run(run, { page }) {
		return outputs([tagsItem(page, await run.site.read(readTagsCall(page), 'tags'))]);
	},
});
