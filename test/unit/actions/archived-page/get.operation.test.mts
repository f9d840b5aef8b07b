import { describe, expect, it } from 'vitest';

import { getArchivedPage } from '../../../../nodes/CxoneExpert/actions/archived-page/get.operation.ts';
import { SAMPLE } from '../../../support/unit/archive-samples.mts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

const ITEM = {
	id: '149',
	title: 'Category Two',
	path: 'Category_Two',
	deletedAt: '2023-04-04T15:17:37Z',
};

describe('getArchivedPage', () => {
	it('getArchivedPage returns the sample of the specification as an item', async () => {
		const run = await runOperation(getArchivedPage, { archivedPage: '149' }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/archive/pages/149/info' }]);
	});

	it('getArchivedPage returns who deleted the page, without an e-mail address', async () => {
		const user =
			'<user.deleted id="1"><username>admin</username><email>admin@site.example</email></user.deleted>';
		const body = SAMPLE.replace('</page.archive>', `${user}</page.archive>`);
		const run = await runOperation(getArchivedPage, { archivedPage: '149' }, [body]);
		expect(onlyItem(run)).toEqual({ ...ITEM, deletedBy: { id: '1', name: 'admin' } });
	});

	it('getArchivedPage adds the text of the page', async () => {
		const parameters = { archivedPage: '149', options: { includeContents: true } };
		const contents = '<content type="text/html"><body>&lt;p&gt;a&lt;/p&gt;</body></content>';
		const run = await runOperation(getArchivedPage, parameters, [SAMPLE, contents]);
		expect(onlyItem(run)).toEqual({ ...ITEM, contents: '<p>a</p>' });
		expect(run.calls[1]).toEqual({ method: 'GET', url: '/archive/pages/149/contents' });
	});

	it.each([
		['a number', 149],
		['a locator', { __rl: true, mode: 'list', value: '149' }],
		['the page of an event', { mode: 'id', value: { id: '149', path: 'A' } }],
		['a whole item', { mode: 'id', value: { eventId: '7', page: { id: '149' } } }],
	])('getArchivedPage accepts %s', async (_case, archivedPage) => {
		const { calls } = await runOperation(getArchivedPage, { archivedPage }, [SAMPLE]);
		expect(calls[0]!.url).toBe('/archive/pages/149/info');
	});

	it.each([
		['', 'No archived page is named'],
		[{ mode: 'id', value: undefined }, 'No archived page is named'],
		[{ mode: 'id', value: { user: { id: '1' } } }, 'No archived page is named'],
		['Category/Two', '"Category/Two" is not the ID of an archived page'],
		['../webhooks/1', '"../webhooks/1" is not the ID of an archived page'],
		['=A', '"=A" is not the ID of an archived page'],
	])('getArchivedPage makes no call for %j', async (archivedPage, message) => {
		const refused = await refusalOf(getArchivedPage, { archivedPage });
		expect(refused.message).toBe(message);
	});

	it.each([
		[404, 'Page 149 is not in the archive', 'restored'],
		[403, 'Only admins may see the archive', 'Admin role'],
	])('getArchivedPage explains status %i', async (status, message, description) => {
		const refused = await refusalOf(getArchivedPage, { archivedPage: '149' }, [
			{ status, body: '' },
		]);
		expect(refused.message).toContain(message);
		expect(refused.description).toContain(description);
	});
});
