import type { INodeProperties } from 'n8n-workflow';

import { pagePath } from '../../api/elements';
import { withoutSlashes } from '../input/page-reference';
import { children } from '../../api/xml';
import { simplify } from '../input/fields';
import { type Operation, outputs, results } from '../core/operation';
import { pageItem } from '../page/page-item';
import type { OperationContext } from '../core/operation-context';
import { archiveMessages, archivedPage, archivedPageId } from './field';
import { readArchivedPage } from './get.operation';

const to: INodeProperties = {
	displayName: 'Restore To',
	name: 'to',
	type: 'string',
	default: '',
	placeholder: 'e.g. Guides/Setup',
	description: 'Path for the page. When empty, the page goes back to where it was.',
};

/**
 * POST /archive/pages/{id}/restore. The API wants a path each time: where none is entered, the old one
 * is read first.
 */
export const restoreArchivedPage: Operation = {
	value: 'restore',
	name: 'Restore',
	action: 'Restore an archived page',
	description:
		'Bring a deleted page back (for admins). Gives one item for each page that is back: subpages that were deleted along with it are restored, too.',
	fields: [archivedPage, to, simplify],
	async run(run) {
		const id = archivedPageId(run);
		const path = withoutSlashes(run.text('to')) || (await oldPath(run, id));
		const restored = await run.site.read(
			{
				method: 'POST',
				path: `/archive/pages/${id}/restore`,
				query: { to: path },
				doing: `restore page ${id}`,
				messages: { ...archiveMessages(id), 409: pathTaken(path) },
			},
			'pages.restored',
		);
		const pages = children(restored, 'page');
		// An answer that names no page says at least that it is done.
		if (pages.length === 0) return outputs([{ id, path }]);
		return results(run, pages, pageItem);
	},
};

async function oldPath(run: OperationContext, id: string): Promise<string> {
	const path = pagePath(await readArchivedPage(run, id)) ?? '';
	if (path !== '') return path;
	return run.site.refuse({
		message: `The archive does not say where page ${id} was`,
		description: 'Enter a path in the field "Restore To".',
	});
}

const pathTaken = (path: string) => ({
	message: `There is another page at "${path}" now`,
	description: 'Enter another path in the field "Restore To", or move the page that is there.',
});
