import { readPage } from '../../api/pages';
import { noPage, OWN, pageCall, pageToChange } from '../find-page';
import { replacingText } from '../text/replace-text';
import { NO_SAVE_RIGHTS } from '../write';
import { savedPageItem } from './items';

export const replaceTextInPage = replacingText({
	action: 'Replace text in page that readers see',
	description: 'Change a sentence of a page that readers see, without sending its whole text',
	written: 'page',
	async toEdit(run, named) {
		const page = await pageToChange(run, named);
		const { key, label } = page;
		const messages = { 404: noPage(page) };
		const rights = { 403: NO_SAVE_RIGHTS };
		return {
			label,
			element: await readPage(run.site, key, label, OWN, { messages }),
			read: { ...pageCall('GET', page, '/contents', 'read the contents of'), query: OWN },
			save: pageCall('POST', page, '/contents', 'save the contents of', rights),
		};
	},
	toItem: (saved) => savedPageItem(saved),
});
