import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { pageToChange } from '../find-page';
import { pageToRemove } from '../page-field';
import { optionsField } from '../../parameters/field';
import { editTimeField } from '../save-fields';
import { approvalFaults, refuseIfEdited, saveCondition } from '../write';
import { draftMessages, draftCall, endDraft, NO_DRAFT_RIGHTS, readDraft } from './draft';
import { draftItem } from './items';

const options = optionsField({ editTime: editTimeField('draft', 'removed') });

/**
 * POST /drafts/{id}/deactivate: removes the draft's text; the published page stays. With an edit time, which that call
 * cannot check, first GET /drafts/{id}.
 */
export const deactivateDraft = defineOperation({
	value: 'deactivate',
	name: 'Deactivate',
	action: 'Deactivate draft',
	description: 'Remove the draft of a page with its text. The published page stays as it is.',
	fields: { page: pageToRemove, simplify, options },
	async run(run, { page: named, simplify, options }) {
		const condition = saveCondition(run, true, options.editTime);
		const page = await pageToChange(run, named);
		const messages = { ...draftMessages(page.label), 403: NOT_REMOVED };
		const call = draftCall('POST', page, '/deactivate', 'remove the draft of', messages);
		const toRead = async () => await readDraft(run, page);
		await refuseIfEdited(run, condition, 'draft', toRead, approvalFaults('draft', 'removed'));
		const left = await endDraft(run, page, call, 'is removed');
		return results([left], simplify, draftItem);
	},
});

/** Sites also respond with 403 for a page that is a draft only: nothing would be left of it. */
const NOT_REMOVED = {
	message: 'Expert did not remove the draft',
	description: `The draft of a page that was never published cannot be removed: delete the page instead. ${NO_DRAFT_RIGHTS.description}`,
};
