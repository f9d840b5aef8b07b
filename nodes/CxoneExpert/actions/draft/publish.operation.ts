import { page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { draftMessages, draftStep } from './draft-call';
import { draftItem } from './draft-item';

/** POST /drafts/{id}/publish: the draft becomes what readers see. */
export const publishDraft: Operation = {
	value: 'publish',
	name: 'Publish',
	action: 'Publish a draft',
	description: 'Publish the draft of a page, so that readers see it',
	fields: [page, simplify],
	async run(run) {
		const { key, label } = run.page();
		const doing = `publish the draft of ${label}`;
		const messages = draftMessages(label);
		const draft = await draftStep(run, { key, name: 'publish', doing, messages });
		return results(run, [draft], draftItem);
	},
};
