import { describe, expect, it } from 'vitest';

import { restoreArchivedPage } from '../../../../nodes/CxoneExpert/actions/archived-page/restore.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE } from '../../../support/unit/archive-samples.mts';

const RESTORED_PAGE =
	'<page id="159" guid="90a26f86d7684134b32b36cb0c18c02e" draft.state="inactive" href="https://site.example/@api/deki/pages/159?redirects=0" deleted="false"><uri.ui>https://site.example/Category_Two</uri.ui><title>Category Two</title><path seo="true">Category_Two</path><namespace>main</namespace><date.created>2023-05-08T20:10:39Z</date.created><language>en-US</language></page>';

const xml = 'application/xml; charset=utf-8';

describe('restoreArchivedPage', () => {
	const response = `<pages.restored>${RESTORED_PAGE}</pages.restored>`;

	it('restoreArchivedPage sends the old path when none is entered, because the API requires one', async () => {
		const run = await runOperation(restoreArchivedPage, { archivedPage: '149' }, [
			SAMPLE,
			response,
		]);
		expect(onlyItem(run)).toMatchObject({ id: '159', path: 'Category_Two', title: 'Category Two' });
		expect(run.calls).toEqual([
			{ method: 'GET', url: '/archive/pages/149/info' },
			{ method: 'POST', url: '/archive/pages/149/restore?to=Category_Two', type: xml },
		]);
	});

	it('restoreArchivedPage sends the entered path, encoded once', async () => {
		const parameters = { archivedPage: '149', to: '/A & B/Größe 100%/' };
		const { calls } = await runOperation(restoreArchivedPage, parameters, [response]);
		expect(calls[0]!.url).toBe('/archive/pages/149/restore?to=A+%26+B%2FGr%C3%B6%C3%9Fe+100%25');
	});

	it('restoreArchivedPage returns an item for each restored page', async () => {
		const two = `<pages.restored>${RESTORED_PAGE}${RESTORED_PAGE.replace('159', '160')}</pages.restored>`;
		const parameters = { archivedPage: '149', to: 'A' };
		const { outputs } = await runOperation(restoreArchivedPage, parameters, [two]);
		expect(outputs.map(({ json }) => json.id)).toEqual(['159', '160']);
	});

	it('restoreArchivedPage returns ID and path when the response names no page', async () => {
		const parameters = { archivedPage: '149', to: 'A' };
		const run = await runOperation(restoreArchivedPage, parameters, ['<pages.restored/>']);
		expect(onlyItem(run)).toEqual({ id: '149', path: 'A' });
	});

	it('restoreArchivedPage names the path that is taken', async () => {
		const responses = [SAMPLE, { status: 409, body: '' }];
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149' }, responses);
		expect(refused.message).toContain('Another page is at "Category_Two" now (409)');
	});

	it('restoreArchivedPage restores nothing when the old path is unknown', async () => {
		const pathless = SAMPLE.replace('<path>Category_Two</path>', '');
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149' }, [pathless]);
		expect(refused.message).toBe('The archive does not name the former path of page 149');
	});

	it.each([
		['/', 'The path "/" is that of the home page'],
		['https://site.example/A', '"Restore To" contains an address'],
		['A/'.repeat(1001), 'The path is longer than 2,000 characters'],
	])('restoreArchivedPage makes no call for %.20s', async (to, message) => {
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149', to });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
