import { describe, expect, it } from 'vitest';

import { getArchivedPage } from '../../../../nodes/CxoneExpert/actions/archived-page/get.operation.ts';
import { restoreArchivedPage } from '../../../../nodes/CxoneExpert/actions/archived-page/restore.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

/** The samples of the vendor's specification: facts, §7.6 and §7.3. */
const SAMPLE =
	'<page.archive id="149" href="https://site.example/@api/deki/archive/pages/149/info"><title>Category Two</title><path>Category_Two</path><contents type="application/vnd.deki1410+xml" href="https://site.example/@api/deki/archive/pages/149/contents"/><date.deleted>2023-04-04T15:17:37Z</date.deleted></page.archive>';

const RESTORED_PAGE =
	'<page id="159" guid="90a26f86d7684134b32b36cb0c18c02e" draft.state="inactive" href="https://site.example/@api/deki/pages/159?redirects=0" deleted="false"><uri.ui>https://site.example/Category_Two</uri.ui><title>Category Two</title><path seo="true">Category_Two</path><namespace>main</namespace><date.created>2023-05-08T20:10:39Z</date.created><language>en-US</language></page>';

const ITEM = {
	id: '149',
	title: 'Category Two',
	path: 'Category_Two',
	deletedAt: '2023-04-04T15:17:37Z',
};

const xml = 'application/xml; charset=utf-8';

describe('get', () => {
	it('reads the sample of the specification', async () => {
		const run = await runOperation(getArchivedPage, { archivedPage: '149' }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/archive/pages/149/info' }]);
	});

	it('says who deleted it when the site does, without the address', async () => {
		const user =
			'<user.deleted id="1"><username>admin</username><email>admin@site.example</email></user.deleted>';
		const body = SAMPLE.replace('</page.archive>', `${user}</page.archive>`);
		const run = await runOperation(getArchivedPage, { archivedPage: '149' }, [body]);
		expect(onlyItem(run)).toEqual({ ...ITEM, deletedBy: { id: '1', name: 'admin' } });
	});

	it('adds the text', async () => {
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
	])('takes %s', async (_case, archivedPage) => {
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
	])('asks nothing about %j', async (archivedPage, message) => {
		const refused = await refusalOf(getArchivedPage, { archivedPage });
		expect(refused.message).toBe(message);
	});

	it.each([
		[404, 'Page 149 is not in the archive', 'restored'],
		[403, 'Only admins may see the archive', 'Admin role'],
	])('says what %i means', async (status, message, description) => {
		const refused = await refusalOf(getArchivedPage, { archivedPage: '149' }, [
			{ status, body: '' },
		]);
		expect(refused.message).toContain(message);
		expect(refused.description).toContain(description);
	});
});

describe('restore', () => {
	const answer = `<pages.restored>${RESTORED_PAGE}</pages.restored>`;

	it('sends the old path when none is entered: the API wants one', async () => {
		const run = await runOperation(restoreArchivedPage, { archivedPage: '149' }, [SAMPLE, answer]);
		expect(onlyItem(run)).toMatchObject({ id: '159', path: 'Category_Two', title: 'Category Two' });
		expect(run.calls).toEqual([
			{ method: 'GET', url: '/archive/pages/149/info' },
			{ method: 'POST', url: '/archive/pages/149/restore?to=Category_Two', type: xml },
		]);
	});

	it('sends the path that is entered, encoded once', async () => {
		const parameters = { archivedPage: '149', to: '/A & B/Größe 100%/' };
		const { calls } = await runOperation(restoreArchivedPage, parameters, [answer]);
		expect(calls[0]!.url).toBe('/archive/pages/149/restore?to=A+%26+B%2FGr%C3%B6%C3%9Fe+100%25');
	});

	it('gives an item for each page that is back', async () => {
		const two = `<pages.restored>${RESTORED_PAGE}${RESTORED_PAGE.replace('159', '160')}</pages.restored>`;
		const parameters = { archivedPage: '149', to: 'A' };
		const { outputs } = await runOperation(restoreArchivedPage, parameters, [two]);
		expect(outputs.map(({ json }) => json.id)).toEqual(['159', '160']);
	});

	it('gives what is known when the answer names no page', async () => {
		const parameters = { archivedPage: '149', to: 'A' };
		const run = await runOperation(restoreArchivedPage, parameters, ['<pages.restored/>']);
		expect(onlyItem(run)).toEqual({ id: '149', path: 'A' });
	});

	it('names the path that is taken', async () => {
		const answers = [SAMPLE, { status: 409, body: '' }];
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149' }, answers);
		expect(refused.message).toContain('Another page is at "Category_Two" now (409)');
	});

	it('restores nothing to no path', async () => {
		const pathless = SAMPLE.replace('<path>Category_Two</path>', '');
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149' }, [pathless]);
		expect(refused.message).toBe('The archive does not name the former path of page 149');
	});
});
