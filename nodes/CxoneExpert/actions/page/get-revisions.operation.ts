import { children } from '../../api/xml';
import { revisionItem } from '../items';
import { defineOperation } from '../operation';
import { page } from '../page-field';
import { readList, results, limitFields, maxResults, simplify } from '../results';
import { pageMessages } from './find-page';

/** GET /pages/{id}/revisions: the saved versions of a page, newest first as the site gives them. */
export const getPageRevisions = defineOperation({
	value: 'getRevisions',
	name: 'Get Revisions',
	action: 'Get revisions of page',
	description: 'Get who changed a page, when and how much for each saved version',
	fields: { page, ...limitFields, simplify },
	async run(run, fields) {
		const reference = run.read(fields.page);
		const { key, label } = reference;
		const messages = pageMessages(reference);
		const path = `/pages/${key}/revisions`;
		const doing = `list the revisions of ${label}`;
		const revisions = await readList(maxResults(run, fields), async (limit, offset) => {
			const call = { method: 'GET', path, query: { limit, offset }, doing, messages } as const;
			return children(await run.site.read(call, 'pages'), 'page');
		});
		return results(revisions, run.read(fields.simplify), revisionItem);
	},
});
