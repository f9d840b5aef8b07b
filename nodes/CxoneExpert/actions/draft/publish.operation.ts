import { draftItem } from '../items';
import { defineOperation } from '../operation';
import { targetPage } from '../page-field';
import { pageToChange } from '../page/find-page';
import { draftMessages, draftStep } from './draft';
import { results, simplify } from '../results';

/** POST /drafts/{id}/publish: the draft becomes what readers see. */
export const publishDraft = defineOperation({
	value: 'publish',
	name: 'Publish',
	action: 'Publish draft',
	description: 'Publish the draft of a page, so that readers see it',
	fields: { page: targetPage, simplify },
	async run(run, fields) {
		const { key, label } = await pageToChange(run, run.read(fields.page));
		const doing = `publish the draft of ${label}`;
		const messages = draftMessages(label);
		const draft = await draftStep(run, { key, name: 'publish', doing, messages });
		return results([draft], run.read(fields.simplify), draftItem);
	},
});
