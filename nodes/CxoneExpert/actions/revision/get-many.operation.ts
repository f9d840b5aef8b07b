import { defineOperation } from '../core/operation';
import { readList, results, limitFields, maxResults, simplify } from '../core/results';
import { pageCall } from '../find-page';
import { page } from '../page-field';
import { revisionItem } from './items';

/** GET /pages/{id}/revisions, newest first. */
export const getPageRevisions = defineOperation({
	value: 'getRevisions',
	name: 'Get Revisions',
	action: 'Get revisions of page with authors',
	description: 'Get who changed a page, when and how much for each saved version',
	fields: { page, ...limitFields, simplify },
	async run(run, { page, simplify, ...limits }) {
		const call = pageCall('GET', page, '/revisions', 'list the revisions of');
		const list = { ...call, root: 'pages', element: 'page' };
		const revisions = await readList(run.site, list, maxResults(limits));
		return results(revisions, simplify, revisionItem);
	},
});
