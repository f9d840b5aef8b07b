import { contentsOptions, readContents } from '../core/contents';
import { simplify } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { archivedPageItem } from './archived-page-item';
import { archiveMessages, archivedPage, archivedPageId } from './field';

/** GET /archive/pages/{id}/info: what is left of a page after its deletion. */
export const getArchivedPage: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get an archived page',
	description: 'Get title, old path and time of deletion of a deleted page (for admins)',
	fields: [archivedPage, simplify, contentsOptions('page')],
	async run(run) {
		const id = archivedPageId(run);
		const page = await readArchivedPage(run, id);
		const item = run.flag('simplify') ? archivedPageItem(page) : page;
		if (run.options.includeContents !== true) return outputs([item]);
		const contents = await readContents(run, {
			path: `/archive/pages/${id}/contents`,
			doing: `read the text of page ${id} in the archive`,
			messages: archiveMessages(id),
		});
		return outputs([{ ...item, contents }]);
	},
};

export async function readArchivedPage(run: OperationContext, id: string) {
	const doing = `read page ${id} in the archive`;
	const path = `/archive/pages/${id}/info`;
	const messages = archiveMessages(id);
	return await run.site.read({ method: 'GET', path, doing, messages }, 'page.archive');
}
