import { describe, expect, it } from 'vitest';

import { movePage } from '../../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { MOVED, ITEM, page, given, INFO } from '../../../support/unit/page-samples.mts';

describe('movePage', () => {
	it('movePage sends the new path and returns the page', async () => {
		const { items, calls } = await runOperation(
			movePage,
			{ ...given, to: ' /Größe & Co/A+B?#/ ', options: { title: 'New' } },
			[INFO, MOVED],
		);
		expect(calls.map(withQuery)).toEqual([
			{ method: 'GET', path: '/pages/426/info', query: { redirects: '0' } },
			{
				method: 'POST',
				path: '/pages/426/move',
				query: { to: 'Größe & Co/A+B?#', title: 'New', redirects: '0' },
				type: 'application/xml; charset=utf-8',
			},
		]);
		expect(items).toEqual([ITEM]);
	});

	it('movePage returns an item for each page that went along', async () => {
		const one = MOVED.slice(MOVED.indexOf('<page '), MOVED.indexOf('</pages.moved>'));
		const two = MOVED.replace('</pages', `${one.replace('159', '160')}</pages`);
		const { items } = await runOperation(movePage, { ...given, to: 'B' }, [INFO, two]);
		expect(items.map(({ id }) => id)).toEqual(['159', '160']);
	});

	it('movePage keeps the path when only the title changes', async () => {
		const options = { title: 'New' };
		const { calls } = await runOperation(movePage, { ...given, to: '', options }, [INFO, MOVED]);
		expect(calls.map(withQuery)).toMatchObject([
			{ method: 'GET', path: '/pages/426/info' },
			{ method: 'POST', query: { to: 'Example/ExamplePage', title: 'New' } },
		]);
	});

	it('movePage returns the unchanged page when the site had nothing to do', async () => {
		const nothing = '<pages.moved count="0"/>';
		const to = 'Example/ExamplePage';
		const { items } = await runOperation(movePage, { ...given, to }, [INFO, nothing]);
		expect(items).toMatchObject([{ id: '426', path: 'Example/ExamplePage' }]);
	});

	it('movePage returns the elements of the site when Simplify is off', async () => {
		const { items } = await runOperation(movePage, { page, to: 'B', simplify: false }, [
			INFO,
			MOVED,
		]);
		expect(items).toMatchObject([{ '@id': '159', path: { '@seo': 'true' } }]);
	});

	it('movePage names the path that is taken', async () => {
		const body = '<error><message>Page exists</message></error>';
		const refused = await refusalOf(movePage, { ...given, to: 'A/B' }, [
			INFO,
			{ status: 409, body },
		]);
		expect(refused.message).toContain('The path "A/B" is taken');
		expect(refused.description).toContain('The site said: Page exists');
	});

	it.each([
		[{ to: '' }, '"New Path" is empty'],
		[{ to: ' / ' }, 'The path "/" is that of the home page'],
		[{ to: '/', options: { title: 'A' } }, 'The path "/" is that of the home page'],
		[{ to: undefined }, '"New Path" is empty'],
		[{ to: 'https://site.example/A' }, '"New Path" contains an address'],
	])('movePage makes no call for %j', async (parameters, message) => {
		const refused = await refusalOf(movePage, { ...given, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
