import { allowField } from '../overrides';
import { onlyEntered, optionsField } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { pageToChange } from '../find-page';
import { targetPage } from '../page-field';
import { editTimeField } from '../save-fields';
import { approvalFaults, refuseIfEdited, saveCondition } from '../write';
import { draftCall, draftMessages, endDraft, readDraft } from './draft';
import { draftItem } from './items';

const publishOptions = optionsField({
	allow: allowField('drafts/publish'),
	editTime: editTimeField('draft', 'published'),
});

/** POST /drafts/{id}/publish; with an edit time, which that call cannot check, first GET /drafts/{id}. */
export const publishDraft = defineOperation({
	value: 'publish',
	name: 'Publish',
	action: 'Publish draft to readers',
	description: 'Publish the draft of a page, so that readers see it',
	fields: { page: targetPage, simplify, options: publishOptions },
	async run(run, { page: named, simplify, options }) {
		const condition = saveCondition(run, true, options.editTime);
		const page = await pageToChange(run, named);
		const messages = draftMessages(page.label, options.allow);
		const call = draftCall('POST', page, '/publish', 'publish the draft of', messages);
		const query = { ...call.query, ...onlyEntered({ allow: options.allow.value }) };
		const toRead = async () => await readDraft(run, page);
		await refuseIfEdited(run, condition, 'draft', toRead, approvalFaults('draft', 'published'));
		const published = await endDraft(run, page, { ...call, query }, 'is published');
		return results([published], simplify, draftItem);
	},
});
