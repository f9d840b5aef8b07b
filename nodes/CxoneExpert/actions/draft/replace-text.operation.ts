import { pageToChange } from '../find-page';
import { replacingText } from '../text/replace-text';
import { draftCall, readDraft } from './draft';
import { draftItem } from './items';

export const replaceTextInDraft = replacingText({
	action: 'Replace text in draft',
	description: 'Change a sentence of a draft, without sending its whole text',
	written: 'draft',
	async toEdit(run, named) {
		const page = await pageToChange(run, named);
		return {
			label: `the draft of ${page.label}`,
			element: await readDraft(run, page),
			read: draftCall('GET', page, '/contents', 'read the text of the draft of'),
			save: draftCall('POST', page, '/contents', 'save the text of the draft of'),
		};
	},
	toItem: draftItem,
});
