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
				guid: 'd668320eb6b447979d17573bb40c109b',
				draftState: 'inactive',
				deleted: true,
				deletedAt: '2024-02-08T20:33:00Z',
				url: 'https://site.example/Topic_Draft',
				title: 'Topic Draft',
				path: 'Topic_Draft',
				namespace: 'main',
				createdAt: '2023-07-24T14:59:48Z',
				language: 'en-US',
			},
		]);
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
	])('deletePage never deletes the home page, named %s', async (_how, value, answers) => {
		const options = { recursive: true };
		const parameters = { page: { mode: 'id', value }, options };
		const refused = await refusalOf(deletePage, parameters, answers);
		expect(refused.message).toBe('The home page is never deleted');
		expect(refused.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	it('deletePage says that there is no page at a path', async () => {
		const named = { page: { mode: 'path', value: 'No/Where' } };
		const refused = await refusalOf(deletePage, named, [VIRTUAL]);
		expect(refused.message).toBe('There is no page "No/Where"');
	});
});
