import { page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { draftMessages, draftStep, NO_DRAFT_RIGHTS } from './draft-call';
import { draftItem } from './draft-item';

/** POST /drafts/{id}/deactivate: the text of the draft is gone, the published page stays. */
export const deactivateDraft: Operation = {
	value: 'deactivate',
	name: 'Deactivate',
	action: 'Deactivate a draft',
	description: 'Remove the draft of a page with its text. The published page stays as it is.',
	fields: [page, simplify],
	async run(run) {
		const { key, label } = run.page();
		const doing = `remove the draft of ${label}`;
		const messages = { ...draftMessages(label), 403: NOT_REMOVED };
		const draft = await draftStep(run, { key, name: 'deactivate', doing, messages });
		return results(run, [draft], draftItem);
	},
};

/** Nothing would be left of a page that is a draft only: a site refuses that, too. */
const NOT_REMOVED = {
	message: 'Expert did not remove the draft',
	description: `A page that is a draft only keeps its draft: delete the page instead. ${NO_DRAFT_RIGHTS.description}`,
};
