import { children } from '../../api/xml';
import { limit, page, returnAll, simplify } from '../input/fields';
import { type Operation, results } from '../core/operation';
import { paged } from '../input/list-page';
import { revisionItem } from './revision-item';

/** GET /pages/{id}/revisions: the saved versions of a page, newest first as the site gives them. */
export const getPageRevisions: Operation = {
	value: 'getRevisions',
	name: 'Get Revisions',
	action: 'Get the revisions of a page',
	description: 'Get who changed a page, when and how much, for each saved version',
	fields: [page, returnAll, limit, simplify],
	async run(run) {
		const { key, label } = run.page();
		const path = `/pages/${key}/revisions`;
		const doing = `list the revisions of ${label}`;
		const revisions = await paged(run.max, async (most, offset) => {
			const query = { limit: most, offset };
			return children(await run.site.read({ method: 'GET', path, query, doing }, 'pages'), 'page');
		});
		return results(run, revisions, revisionItem);
	},
};
