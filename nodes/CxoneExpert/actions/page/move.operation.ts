import { pagePath } from '../../api/elements';
import { compact } from '../../api/compact';
import { attribute, children } from '../../api/xml';
import { optionsField, page, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { asText, type OperationContext } from '../core/operation-context';
import { titleOption } from './fields';
import { foundPage } from './found-page';
import { pageItem } from './page-item';
import { NO_TARGET, takenMessages, targetField, targetPath } from './target';

/**
 * POST /pages/{id}/move: another path, another title, or both; subpages go along. The page is looked
 * up first, and moved by the ID that was found.
 */
export const movePage: Operation = {
	value: 'move',
	name: 'Move',
	action: 'Move or rename a page',
	description: 'Move a page with its subpages to another path, or give it another title',
	fields: [
		page,
		targetField({
			description:
				'The whole path that the page is to have, its own name at the end. When empty, only the title changes.',
		}),
		simplify,
		optionsField([titleOption]),
	],
	async run(run) {
		const { key, label } = run.page();
		const title = asText(run.options.title);
		const wanted = wantedPath(run, title);
		const found = await foundPage(run);
		// A title alone would let the site make a new path of it: the page keeps the path that it has.
		const to = wanted || (pagePath(found) ?? '');
		const root = await run.site.read(
			{
				method: 'POST',
				path: `/pages/${attribute(found, 'id') ?? key}/move`,
				query: { to, redirects: 0, ...compact({ title: title || undefined }) },
				messages: { 409: takenMessages(to) },
				doing: `move ${label}`,
			},
			'pages.moved',
		);
		const moved = children(root, 'page');
		// Nobody has to move a page that is there already: the site does nothing and names no page.
		const pages = moved.length > 0 ? moved : [found];
		return results(run, pages, pageItem);
	},
};

/** Empty when the page is to be renamed only. */
function wantedPath(run: OperationContext, title: string): string {
	const to = targetPath(run);
	if (to !== '' || title !== '') return to;
	return run.site.refuse({
		...NO_TARGET,
		description: `${NO_TARGET.description} To rename the page only, add the option "Title".`,
	});
}
