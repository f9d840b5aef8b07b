import { allowField } from '../overrides';
import { onlyEntered, optionsField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { pageToChange } from '../find-page';
import { targetPage } from '../page-field';
import { draftCall, draftMessages, endDraft } from './draft';
import { draftItem } from './items';

const allow = allowField('drafts/publish');

/** POST /drafts/{id}/publish. */
export const publishDraft = defineOperation({
	value: 'publish',
	name: 'Publish',
	action: 'Publish draft to readers',
	description: 'Publish the draft of a page, so that readers see it',
	fields: { page: targetPage, simplify, options: optionsField({ allow }) },
	async run(run, { page: named, simplify, options }) {
		const page = await pageToChange(run, named);
		const messages = draftMessages(page.label, options.allow);
		const call = draftCall('POST', page, '/publish', 'publish the draft of', messages);
		const query = { ...call.query, ...onlyEntered({ allow: options.allow.value }) };
		const published = await endDraft(run, page, { ...call, query }, 'is published');
		return results([published], simplify, draftItem);
	},
});
