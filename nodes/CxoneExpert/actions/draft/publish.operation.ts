import { draftItem } from '../items';
import { defineOperation } from '../operation';
import { targetPage } from '../page-field';
import { pageToChange } from '../page/find-page';
import { draftCall, endDraft } from './draft';
import { results, simplify } from '../results';

/** POST /drafts/{id}/publish: the draft becomes what readers see. */
export const publishDraft = defineOperation({
	value: 'publish',
	name: 'Publish',
	action: 'Publish draft',
	description: 'Publish the draft of a page, so that readers see it',
	fields: { page: targetPage, simplify },
	async run(run, { page: named, simplify }) {
		const page = await pageToChange(run, named);
		const call = draftCall('POST', page, '/publish', 'publish the draft of');
		const published = await endDraft(run, page, call, 'is published');
		return results([published], simplify, draftItem);
	},
});
