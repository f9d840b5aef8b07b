import { describe, expect, it } from 'vitest';

import { getPage } from '../../../../nodes/CxoneExpert/actions/page/get.operation.ts';
import { inOneLine, runOperation } from '../../../support/unit/stub-site.mts';
import { id, path, asItem } from '../../../support/unit/page-fields.mts';

/**
 * The samples of the vendor's specification: docs/vendor-facts.md#reading-pages and
 * docs/vendor-facts.md#search.
 */
describe('getPage', () => {
	const FULL =
		'<page id="426" guid="6d5d030f38d747828a485713c3cf1154" draft.state="inactive" href="https://site.example/@api/deki/pages/426?redirects=0" deleted="false" revision="2"><uri.ui>https://site.example/Example/ExamplePage</uri.ui><title>TitleExample</title><path seo="true">Example/ExamplePage</path><namespace>main</namespace><date.created>2023-09-21T21:23:18Z</date.created><language>en-US</language></page>';

	it('getPage returns the fields of the light sample', async () => {
		const { items, calls } = await runOperation(getPage, { page: id('426'), ...asItem }, [FULL]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/426']);
		expect(items).toEqual([
			{
				id: '426',
				path: 'Example/ExamplePage',
				title: 'TitleExample',
				url: 'https://site.example/Example/ExamplePage',
				revision: 2,
				createdAt: '2023-09-21T21:23:18Z',
			},
		]);
	});

	it('getPage returns authors without their e-mail addresses, and tags', async () => {
		const user = (tag: string, inner: string) => `<${tag} id="7">${inner}</${tag}>`;
		const body = `<page id="1"><path/><user.x/>${user('user.createdby', '<nick>ann</nick><email>a@b.c</email>')}${user('user.author', '<nick>n</nick><username>bob</username><fullname>Bob B</fullname>')}<tags count="1"><tag value="x:y"/></tags><page.parent id="2"><title>P</title><path>P</path></page.parent></page>`;
		const { items } = await runOperation(getPage, { page: id('1'), ...asItem }, [body]);
		expect(items).toEqual([
			{
				id: '1',
				path: '',
				author: { id: '7', name: 'bob', fullName: 'Bob B' },
				tags: ['x:y'],
			},
		]);
	});

	it.each([
		['an author that is a text', '<user.author>ann</user.author>', { author: { name: 'ann' } }],
		['an author that is empty', '<user.author/>', {}],
		['no tags', '<tags count="0"/>', { tags: [] }],
	])('getPage returns a page with %s', async (_case, inner, fields) => {
		const body = `<page id="1">${inner}</page>`;
		const { items } = await runOperation(getPage, { page: id('1'), ...asItem }, [body]);
		expect(items).toEqual([{ id: '1', ...fields }]);
	});

	it('getPage returns the element of the site when Simplify is off', async () => {
		const { items } = await runOperation(getPage, { page: id('426'), simplify: false }, [FULL]);
		expect(items).toEqual([
			expect.objectContaining({ '@id': '426', 'uri.ui': expect.any(String) }),
		]);
	});

	it('getPage requests a deleted page by its number', async () => {
		const options = { includeDeleted: true };
		const body =
			'<page id="179" deleted="true"><date.deleted>2024-02-08T20:33:00Z</date.deleted></page>';
		const parameters = { page: id('179'), ...asItem, options };
		const { items, calls } = await runOperation(getPage, parameters, [body]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/179?includeDeleted=true']);
		expect(items).toEqual([{ id: '179', deleted: true, deletedAt: '2024-02-08T20:33:00Z' }]);
	});

	it.each([path('A/B'), path(''), id(':6d5d030f38d747828a485713c3cf1154')])(
		'getPage refuses %j as the name of a deleted page',
		async (page) => {
			const parameters = { page, ...asItem, options: { includeDeleted: true } };
			await expect(runOperation(getPage, parameters)).rejects.toThrow(
				'A deleted page can only be found by its ID',
			);
		},
	);
});
