import { flagField, optionsField, refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { existingPage, pageCall } from '../find-page';
import { page } from '../page-field';
import { pageItem } from './items';

const options = optionsField({
	includeDeleted: flagField({
		displayName: 'Include Deleted',
		name: 'includeDeleted',
		description: 'Whether to get the page even if it was deleted. It must be named by its ID then.',
	}),
});

/** GET /pages/{id}. */
export const getPage = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get details of page',
	description: 'Get title, URL, author, tags and more of a page, but not its text',
	fields: { page, simplify, options },
	async run(run, { page, simplify, options }) {
		const query = options.includeDeleted ? alsoDeleted(page.key) : {};
		const call = pageCall('GET', page, '', 'read');
		const found = await run.site.read({ ...call, query }, 'page');
		existingPage(found, page);
		return results([found], simplify, pageItem);
	},
});

/** Asks for deleted pages, too. Sites find them by number only: a path can belong to a new page by now. */
function alsoDeleted(key: string) {
	if (/^\d+$/.test(key)) return { includeDeleted: true };
	return refuse({
		message: 'A deleted page can only be found by its ID',
		description:
			"Enter the ID of the page, such as 42, or remove the option 'Include Deleted'. The trigger gives the ID as page.id.",
		toModel: 'Pass the id of the page, such as 42.',
	});
}
