import type { UserMessage } from '../../shared/failure-messages';
import { pagePath } from '../../api/elements';
import { attribute, children } from '../../api/xml';
import { optionsField, page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { foundPage } from './found-page';
import { pageItem } from './page-item';

/**
 * DELETE /pages/{id}: moves a page to the archive.
 *
 * The page is looked up first, and deleted by the ID that was found: the home page is known by its
 * path alone, and deleting it with its subpages would delete the site.
 */
export const deletePage: Operation = {
	value: 'delete',
	name: 'Delete',
	action: 'Delete a page',
	description: 'Move a page to the archive, from where an admin can restore it',
	fields: [
		page,
		simplify,
		optionsField([
			{
				displayName: 'Subpages',
				name: 'recursive',
				type: 'boolean',
				default: false,
				description: 'Whether to delete all pages below the page too',
			},
		]),
	],
	async run(run) {
		const { key, label } = run.page();
		if (key === 'home') return run.site.refuse(HOME);
		const found = await foundPage(run);
		if (pagePath(found) === '') return run.site.refuse(HOME);
		const root = await run.site.read(
			{
				method: 'DELETE',
				path: `/pages/${attribute(found, 'id') ?? key}`,
				query: { redirects: 0, ...(run.options.recursive === true ? { recursive: true } : {}) },
				doing: `delete ${label}`,
			},
			'deletedpages',
		);
		const pages = children(root, 'page');
		return results(run, pages, pageItem);
	},
};

const HOME: UserMessage = {
	message: 'The home page is never deleted',
	description:
		'This is the page that the whole site stands on. If the page comes from an expression, the incoming item names the home page.',
};
