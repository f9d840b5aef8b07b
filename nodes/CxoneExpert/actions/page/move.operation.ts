import { targetPath } from '../../api/path-segment';
import { children, textOf } from '../../api/xml';
import { allowField, refusedUnlessAllowed } from '../overrides';
import { onlyEntered, optionsField, refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { results, simplify } from '../core/results';
import { findPage, pageCall, withId } from '../find-page';
import { targetPage, newPathField, NO_NEW_PATH, pathTaken, titleField } from '../page-field';
import { isSamePath } from '../page-reference';
import { countsNoPage, placedPageItem } from './items';

/** POST /pages/{id}/move, by the ID that was looked up; subpages move along. */
export const movePage = defineOperation({
	value: 'move',
	name: 'Move',
	action: 'Move or rename page',
	description: 'Move a page with its subpages to another path, or give it another title',
	fields: {
		page: targetPage,
		newPath: newPathField({
			description: 'The full new path of the page, ending with its own name. When empty, only the title changes.',
		}),
		simplify,
		options: optionsField({ allow: allowField('pages/move'), title: titleField }),
	},
	async run(run, { page, newPath, simplify, options: { allow, title } }) {
		if (newPath === '' && title === '') return refuse(NOTHING_TO_DO);
		const found = await findPage(run, page);
		// Send the present path with a title alone: the site would make up a new one.
		const to = newPath || found.path;
		const messages = refusedUnlessAllowed(allow, pathTaken(to));
		const call = pageCall('POST', withId(page, found), '/move', 'move', messages);
		const entered = onlyEntered({ title, allow: allow.value });
		const query = { ...call.query, to: targetPath(to), ...entered };
		// The site names no page if it is already there, with that title.
		const hasTitle = title === '' || title === textOf(found.element, 'title');
		const isThere = hasTitle && isSamePath(to, found.path);
		const denial = isThere ? () => undefined : countsNoPage;
		const root = await run.site.write({ ...call, query }, 'pages.moved', denial);
		if (isThere) run.note(`${page.label} has that path and title already`);
		const moved = children(root, 'page');
		const pages = moved.length > 0 ? moved : [found.element];
		return results(pages, simplify, placedPageItem);
	},
});

const NOTHING_TO_DO = {
	...NO_NEW_PATH,
	description: `${NO_NEW_PATH.description} To rename the page only, add the option 'Title'.`,
	toModel: 'Pass the full path for the page. To rename the page only, pass its title.',
};
