import { attribute } from '../../transport/xml';
import { page, simplify } from '../fields';
import { type Operation, outputs } from '../operation';
import { pageItem } from './page-item';

/** GET /pages/{id}: title, address, author, tags and more, without the text. */
export const getPage: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get a page',
	description: 'Get title, address, author, tags and more of a page',
	fields: [page, simplify],
	async run(run) {
		const { key, words } = run.page();
		const doing = `read ${words}`;
		const found = await run.expert.read({ method: 'GET', path: `/pages/${key}`, doing }, 'page');
		// A path without a page can be answered 200 with an empty page.
		if (attribute(found, 'virtual') === 'true') {
			return run.expert.refuse({
				message: `There is no ${words}`,
				description:
					'It may have been moved, renamed or deleted. Check the path: upper and lower case do not matter, every part of it does.',
			});
		}
		return outputs([run.flag('simplify') ? pageItem(found) : found]);
	},
};
