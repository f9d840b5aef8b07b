import { page, simplify } from '../fields';
import { type Operation, outputs } from '../operation';
import { draftAdvice, draftStep } from './draft-call';
import { draftItem } from './draft-item';

/** POST /drafts/{id}/deactivate: the text of the draft is gone, the published page stays. */
export const deactivateDraft: Operation = {
	value: 'deactivate',
	name: 'Deactivate',
	action: 'Deactivate a draft',
	description: 'Remove the draft of a page with its text. The published page stays as it is.',
	fields: [page, simplify],
	async run(run) {
		const { key, words } = run.page();
		const doing = `remove the draft of ${words}`;
		const advice = draftAdvice(words);
		const draft = await draftStep(run, { key, name: 'deactivate', doing, advice });
		return outputs([run.flag('simplify') ? draftItem(draft) : draft]);
	},
};
