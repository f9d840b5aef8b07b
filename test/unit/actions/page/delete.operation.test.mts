import { describe, expect, it } from 'vitest';

import { deletePage } from '../../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { given, INFO, DELETED, VIRTUAL } from '../../../support/unit/page-samples.mts';

describe('deletePage', () => {
	it('deletePage looks the page up and deletes the one that it found', async () => {
		const named = { page: { mode: 'path', value: 'Example/ExamplePage' }, simplify: true };
		const { items, calls } = await runOperation(deletePage, named, [INFO, DELETED]);
		expect(calls.map(withQuery)).toEqual([
			{ method: 'GET', path: '/pages/=Example%252FExamplePage/info', query: { redirects: '0' } },
			{
				method: 'DELETE',
				path: '/pages/426',
				query: { redirects: '0' },
				type: 'application/xml; charset=utf-8',
			},
		]);
		expect(items).toEqual([
			{
				id: '179',
				deleted: true,
				deletedAt: '2024-02-08T20:33:00Z',
				url: 'https://site.example/Topic_Draft',
				title: 'Topic Draft',
				path: 'Topic_Draft',
			},
		]);
	});

	it.each([
		['Simplify is off', { simplify: false }, DELETED, { '@id': '179', deleted: true }],
		['the site does not say it', {}, DELETED.replace(' deleted="true"', ''), { id: '179' }],
		['the site names no page', {}, '<deletedpages count="1"/>', { id: '426' }],
	])('deletePage returns "deleted: true" where %s', async (_where, fields, response, item) => {
		const { items } = await runOperation(deletePage, { ...given, ...fields }, [INFO, response]);
		expect(items).toEqual([expect.objectContaining({ ...item, deleted: true })]);
	});

	it('deletePage deletes subpages only when told to', async () => {
		const options = { recursive: true };
		const { calls } = await runOperation(deletePage, { ...given, options }, [INFO, DELETED]);
		expect(withQuery(calls[1]!).query).toEqual({ redirects: '0', recursive: 'true' });
	});

	it.each([
		['by its name', 'home', []],
		['by its number', '1', ['<page id="1"><title>Home</title><path/></page>']],
		['by its number, told at length', '1', ['<page id="1"><path type="fixed"></path></page>']],
	])('deletePage never deletes the home page, named %s', async (_how, value, responses) => {
		const options = { recursive: true };
		const parameters = { page: { mode: 'id', value }, options };
		const refused = await refusalOf(deletePage, parameters, responses);
		expect(refused.message).toBe('The home page is never deleted');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('deletePage says that there is no page at a path', async () => {
		const named = { page: { mode: 'path', value: 'No/Where' } };
		const refused = await refusalOf(deletePage, named, [VIRTUAL]);
		expect(refused.message).toBe('There is no page "No/Where"');
	});
});
