import type { UserMessage } from '../../api/expert-error';
import { children } from '../../api/xml';
import { flagField, optionsField, refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { findPage, pageCall, withId } from '../find-page';
import { pageToRemove } from '../page-field';
import { countsNoPage, deletedPageItem } from './items';

/**
 * DELETE /pages/{id}. The page is looked up first: only its path tells the home page from others, and deleting
 * that one with its subpages would delete the site.
 */
export const deletePage = defineOperation({
	value: 'delete',
	name: 'Delete',
	action: 'Delete page',
	description: 'Move a page to the archive, from where an admin can restore it',
	fields: {
		page: pageToRemove,
		simplify,
		options: optionsField({
			recursive: flagField({
				displayName: 'Delete Subpages',
				name: 'recursive',
				description:
					'Whether to delete all pages below the page too. If you keep them, Expert puts an empty page with a new ID in the place of the deleted one.',
			}),
		}),
	},
	async run(run, { page, options: { recursive }, simplify }) {
		if (page.key === 'home') return refuse(HOME);
		const found = await findPage(run, page);
		if (found.path === '') return refuse(HOME);
		const call = pageCall('DELETE', withId(page, found), '', 'delete');
		const query = { ...call.query, ...(recursive ? { recursive } : {}) };
		const root = await run.site.write({ ...call, query }, 'deletedpages', countsNoPage);
		const named = children(root, 'page');
		const pages = named.length > 0 ? named : [found.element];
		return outputs(pages.map((each) => (simplify ? deletedPageItem(each) : { ...each, deleted: true })));
	},
});

const HOME: UserMessage = {
	message: 'The home page is never deleted',
	description:
		'All pages of the site are below it. If the page comes from an expression, the incoming item names the home page.',
	toModel: 'All pages of the site are below it. Name another page.',
};
