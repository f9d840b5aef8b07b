import { describe, expect, it } from 'vitest';

import { getPageSubpages } from '../../../../nodes/CxoneExpert/actions/page/get-subpages.operation.ts';
import { inOneLine, runOperation } from '../../../support/unit/stub-site.mts';
import { id, path, asItem, some } from '../../../support/unit/page-fields.mts';

describe('getPageSubpages', () => {
	const ENTRY =
		'<page.subpage id="1841" guid="1a7deff4a8404578a27ff19d79e52ce3" draft.state="inactive" href="https://site.example/@api/deki/pages/1841?redirects=0" deleted="false" revision="1" terminal="true" subpages="false" files="0"><uri.ui>https://site.example/Parent/example_page</uri.ui><title>example page</title><path seo="true">Parent/example_page</path><namespace>main</namespace><date.created>2024-02-12T20:44:05Z</date.created><language>en-US</language><date.modified>2024-02-12T20:44:05Z</date.modified><article>topic-guide</article></page.subpage>';
	const listOf = (...entries: string[]) => `<subpages count="1">${entries.join('')}</subpages>`;

	it('getPageSubpages returns the sample as an item', async () => {
		const parameters = { page: id('1432'), ...some };
		const { items, calls } = await runOperation(getPageSubpages, parameters, [listOf(ENTRY)]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/1432/subpages?limit=50&offset=0']);
		expect(items).toEqual([
			{
				id: '1841',
				path: 'Parent/example_page',
				title: 'example page',
				url: 'https://site.example/Parent/example_page',
				revision: 1,
				article: 'topic-guide',
				createdAt: '2024-02-12T20:44:05Z',
				modifiedAt: '2024-02-12T20:44:05Z',
				hasSubpages: false,
				fileCount: 0,
			},
		]);
	});

	it('getPageSubpages requests article types', async () => {
		const options = { article: 'topic-guide, topic-category' };
		const parameters = { page: path('A/B'), ...some, options };
		const { items, calls } = await runOperation(getPageSubpages, parameters, [listOf()]);
		expect(calls.map(inOneLine)).toEqual([
			'GET /pages/=A%252FB/subpages?article=topic-guide%2Ctopic-category&limit=50&offset=0',
		]);
		expect(items).toEqual([]);
	});

	it('getPageSubpages reads page by page when all are wanted', async () => {
		const other = (number: number) => ENTRY.replace('id="1841"', `id="${number}"`);
		const full = listOf(...Array.from({ length: 100 }, (_, number) => other(number + 1)));
		const parameters = { page: id('1'), ...asItem, returnAll: true };
		const { items, calls } = await runOperation(getPageSubpages, parameters, [full, listOf(ENTRY)]);
		expect(inOneLine(calls[1]!)).toBe('GET /pages/1/subpages?limit=100&offset=100');
		expect(items).toHaveLength(101);
	});

	it('getPageSubpages returns the elements of the site when Simplify is off', async () => {
		const parameters = { page: id('1'), simplify: false };
		const { items } = await runOperation(getPageSubpages, parameters, [listOf(ENTRY)]);
		expect(items).toMatchObject([{ '@id': '1841', '@terminal': 'true' }]);
	});
});
