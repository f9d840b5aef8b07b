import { pagePath } from '../../api/elements';
import { targetPath } from '../../api/path-segment';
import { children } from '../../api/xml';
import { allowField, refusedUnlessAllowed } from '../overrides';
import { onlyEntered, optionsField, refuse } from '../../parameters/field';
import { defineOperation, type OperationContext } from '../core/operation';
import { outputs, results, simplify } from '../core/results';
import { newPathField } from '../page-field';
import { countsNoPage, savedPageItem } from '../page/items';
import { archivedPage, archiveMessages, readFromArchive } from './archived-page';

const newPath = newPathField({
	displayName: 'Restore To',
	description: 'Path for the page. When empty, the page goes back to where it was.',
});

const allow = allowField('archive/restore');

/** POST /archive/pages/{id}/restore. It requires a path: if none is entered, the old one is read first. */
export const restoreArchivedPage = defineOperation({
	value: 'restore',
	name: 'Restore',
	action: 'Restore archived page',
	description: 'Bring a deleted page back, with the subpages deleted along with it (for admins)',
	fields: { archivedPage, newPath, simplify, options: optionsField({ allow }) },
	async run(run, { archivedPage: id, newPath, simplify, options }) {
		const path = newPath || (await oldPath(run, id));
		const restored = await run.site.write(
			{
				method: 'POST',
				path: `/archive/pages/${id}/restore`,
				query: onlyEntered({ to: targetPath(path), allow: options.allow.value }),
				doing: `restore page ${id}`,
				messages: {
					...archiveMessages(id),
					404: notByItself(id),
					...refusedUnlessAllowed(options.allow, pathTaken(path)),
				},
			},
			'pages.restored',
			countsNoPage,
		);
		const pages = children(restored, 'page');
		if (pages.length === 0) return outputs([{ id, path }]);
		return results(pages, simplify, (page) => savedPageItem(page));
	},
});

async function oldPath(run: OperationContext, id: string): Promise<string> {
	const path = pagePath(await readFromArchive(run, id)) ?? '';
	if (path !== '') return path;
	return refuse({
		message: `The archive does not name the former path of page ${id}`,
		description: "Enter a path in the field 'Restore To'.",
		toModel: 'Pass the path to restore it to.',
	});
}

/** Sites restore a deletion as a whole: docs/vendor-facts.md#archive. */
const notByItself = (id: string) => ({
	message: `Page ${id} cannot be restored by itself`,
	description:
		'If it was deleted together with a page above it, restore that page: this one comes back with it. Otherwise it may have been restored or permanently removed already, or it was never deleted.',
	isWhole: true,
});

const pathTaken = (path: string) => ({
	message: `The path "${path}" is already taken, or this page cannot use it`,
	description: "Enter another path in the field 'Restore To', or move the page that is there.",
	toModel: 'Pass another path.',
});
