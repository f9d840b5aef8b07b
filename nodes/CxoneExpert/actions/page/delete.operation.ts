import type { IDataObject } from 'n8n-workflow';

import { pagePath } from '../../api/elements';
import { children, type XmlElement } from '../../api/xml';
import type { UserMessage } from '../../api/expert-error';
import { flagField, optionsField, refuseInput } from '../field';
import { deletedPageItem } from '../items';
import { defineOperation } from '../operation';
import { pageToRemove } from '../page-field';
import { findPage, keyOf, pageMessages } from './find-page';
import { outputs, simplify } from '../results';

/**
 * DELETE /pages/{id}: moves a page to the archive.
 *
 * The page is looked up first, and deleted by the ID that was found: only its path tells the home page
 * from others, and deleting that one with its subpages would delete the site.
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
				type: 'boolean',
				default: false,
				description: 'Whether to delete all pages below the page too',
			}),
		}),
	},
	async run(run, fields) {
		const reference = run.read(fields.page);
		if (reference.key === 'home') return refuseInput(HOME);
		const { recursive } = run.read(fields.options);
		const found = await findPage(run, reference);
		if (pagePath(found) === '') return refuseInput(HOME);
		const root = await run.site.read(
			{
				method: 'DELETE',
				path: `/pages/${keyOf(found, reference)}`,
				query: { redirects: 0, ...(recursive ? { recursive } : {}) },
				doing: `delete ${reference.label}`,
				messages: pageMessages(reference),
			},
			'deletedpages',
		);
		const named = children(root, 'page');
		const item = run.read(fields.simplify) ? deletedPageItem : marked;
		// A response that names no page confirms at least that it is done.
		return outputs((named.length > 0 ? named : [found]).map(item));
	},
});

function marked(page: XmlElement): IDataObject {
	return { ...page, deleted: true };
}

const HOME: UserMessage = {
	message: 'The home page is never deleted',
	description:
		'All pages of the site are below it. If the page comes from an expression, the incoming item names the home page.',
};
