import { optionsField, page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { existing } from './existing';
import { pageItem } from './page-item';

const options = optionsField([
	{
		displayName: 'Include Deleted',
		name: 'includeDeleted',
		type: 'boolean',
		default: false,
		description:
			'Whether to get the page also after it was deleted. The page must be named by its ID then.',
	},
]);

/** GET /pages/{id}: title, address, author, tags and more, without the text. */
export const getPage: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get a page',
	description: 'Get title, URL, author, tags and more of a page',
	fields: [page, simplify, options],
	async run(run) {
		const { key, label } = run.page();
		const query = run.options.includeDeleted === true ? deletedToo(run, key) : {};
		const path = `/pages/${key}`;
		const doing = `read ${label}`;
		const found = await run.site.read({ method: 'GET', path, query, doing }, 'page');
		existing(run, found, label);
		return results(run, [found], pageItem);
	},
};

/** The site does so only for a number: a path can have a new page meanwhile. */
function deletedToo(run: OperationContext, key: string) {
	if (/^\d+$/.test(key)) return { includeDeleted: true };
	return run.site.refuse({
		message: 'A deleted page can be found by its number only',
		description:
			'Enter the ID of the page, such as 42, or take the option "Include Deleted" away. The trigger gives the ID as page.id.',
	});
}
