import { describe, expect, it } from 'vitest';

import { getPage } from '../../../../nodes/CxoneExpert/actions/page/get.operation.ts';
import { getPageContents } from '../../../../nodes/CxoneExpert/actions/page/get-contents.operation.ts';
import { getPageRevisions } from '../../../../nodes/CxoneExpert/actions/page/get-revisions.operation.ts';
import { getPageSubpages } from '../../../../nodes/CxoneExpert/actions/page/get-subpages.operation.ts';
import { searchPagesOperation } from '../../../../nodes/CxoneExpert/actions/page/search.operation.ts';
import { inOneLine, runOperation } from '../../../support/unit/stub-site.mts';

const id = (value: string) => ({ __rl: true, mode: 'id', value });
const path = (value: string) => ({ __rl: true, mode: 'path', value });
const asItem = { simplify: true };
const some = { ...asItem, limit: 50 };

/** The samples are those of the vendor's specification, as the facts have them (§7.2, §7.6). */
describe('get', () => {
	const FULL =
		'<page id="426" guid="6d5d030f38d747828a485713c3cf1154" draft.state="inactive" href="https://site.example/@api/deki/pages/426?redirects=0" deleted="false" revision="2"><uri.ui>https://site.example/Example/ExamplePage</uri.ui><title>TitleExample</title><path seo="true">Example/ExamplePage</path><namespace>main</namespace><date.created>2023-09-21T21:23:18Z</date.created><language>en-US</language></page>';

	it('reads a page with what the light sample has', async () => {
		const { items, calls } = await runOperation(getPage, { page: id('426'), ...asItem }, [FULL]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/426']);
		expect(items).toEqual([
			{
				id: '426',
				guid: '6d5d030f38d747828a485713c3cf1154',
				path: 'Example/ExamplePage',
				title: 'TitleExample',
				url: 'https://site.example/Example/ExamplePage',
				language: 'en-US',
				namespace: 'main',
				revision: 2,
				draftState: 'inactive',
				createdAt: '2023-09-21T21:23:18Z',
			},
		]);
	});

	it('reads authors without their e-mail addresses, tags and the parent', async () => {
		const user = (tag: string, inner: string) => `<${tag} id="7">${inner}</${tag}>`;
		const body = `<page id="1"><path/><user.x/>${user('user.createdby', '<nick>ann</nick><email>a@b.c</email>')}${user('user.author', '<nick>n</nick><username>bob</username><fullname>Bob B</fullname>')}<tags count="1"><tag value="x:y"/></tags><page.parent id="2"><title>P</title><path>P</path></page.parent></page>`;
		const { items } = await runOperation(getPage, { page: id('1'), ...asItem }, [body]);
		expect(items).toEqual([
			{
				id: '1',
				path: '',
				createdBy: { id: '7', name: 'ann' },
				author: { id: '7', name: 'bob', fullName: 'Bob B' },
				tags: ['x:y'],
				parent: { id: '2', path: 'P', title: 'P' },
			},
		]);
	});

	it.each([
		['an author that is a text', '<user.author>ann</user.author>', { author: { name: 'ann' } }],
		['an author that is empty', '<user.author/>', {}],
		['no tags', '<tags count="0"/>', { tags: [] }],
	])('reads a page with %s', async (_case, inner, fields) => {
		const body = `<page id="1">${inner}</page>`;
		const { items } = await runOperation(getPage, { page: id('1'), ...asItem }, [body]);
		expect(items).toEqual([{ id: '1', ...fields }]);
	});

	it('gives the element as it is when it shall not be simplified', async () => {
		const { items } = await runOperation(getPage, { page: id('426'), simplify: false }, [FULL]);
		expect(items).toEqual([
			expect.objectContaining({ '@id': '426', 'uri.ui': expect.any(String) }),
		]);
	});

	it('asks for a deleted page by its number', async () => {
		const options = { includeDeleted: true };
		const body =
			'<page id="179" deleted="true"><date.deleted>2024-02-08T20:33:00Z</date.deleted></page>';
		const parameters = { page: id('179'), ...asItem, options };
		const { items, calls } = await runOperation(getPage, parameters, [body]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/179?includeDeleted=true']);
		expect(items).toEqual([{ id: '179', deleted: true, deletedAt: '2024-02-08T20:33:00Z' }]);
	});

	it.each([path('A/B'), path(''), id(':6d5d030f38d747828a485713c3cf1154')])(
		'says that %j cannot name a deleted page',
		async (page) => {
			const parameters = { page, ...asItem, options: { includeDeleted: true } };
			await expect(runOperation(getPage, parameters)).rejects.toThrow(
				'A deleted page can be found by its number only',
			);
		},
	);
});

describe('get contents', () => {
	const SAMPLE =
		'<content revision="3" type="text/html" title="Article test"><body>&lt;p&gt;After &amp;amp; before &amp;lt;b&amp;gt;&lt;/p&gt;</body><body target="toc">&lt;ol&gt;&lt;li&gt;Goal&lt;/li&gt;&lt;/ol&gt;</body></content>';
	const html = { page: id('42'), format: 'html' };

	it('gives the HTML as the site has it', async () => {
		const { items, calls } = await runOperation(getPageContents, html, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/42/contents?format=html&mode=view']);
		expect(items).toEqual([
			{
				id: '42',
				title: 'Article test',
				revision: 3,
				format: 'html',
				type: 'text/html',
				contents: '<p>After &amp; before &lt;b&gt;</p>',
			},
		]);
	});

	it('asks for mode and revision, and adds the table of contents', async () => {
		const options = { mode: 'raw', revision: 3, includeToc: true };
		const parameters = { page: path('A b'), format: 'html', options };
		const { items, calls } = await runOperation(getPageContents, parameters, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual([
			'GET /pages/=A%2520b/contents?format=html&mode=raw&revision=3',
		]);
		expect(items[0]).toMatchObject({ tableOfContents: '<ol><li>Goal</li></ol>' });
		expect(items[0]).not.toHaveProperty('id');
	});

	it.each([
		['one body', '<content revision="1"><body>a</body></content>', 'a'],
		['an empty body', '<content revision="1"><body/></content>', ''],
		['no body', '<content revision="1"/>', ''],
		[
			'the table first',
			'<content revision="1"><body target="toc">t</body><body>a</body></content>',
			'a',
		],
		['an empty table', '<content revision="1"><body>a</body><body target="toc"/></content>', 'a'],
	])('reads %s', async (_case, body, contents) => {
		const parameters = { ...html, options: { includeToc: true } };
		const { items } = await runOperation(getPageContents, parameters, [body]);
		expect(items[0]).toMatchObject({ contents, revision: 1 });
	});

	it('says which type came when it is another one than was asked for', async () => {
		const body = '<content type="application/x.deki-text" revision="1"><body>a</body></content>';
		const { items } = await runOperation(getPageContents, html, [{ status: 203, body }]);
		expect(items).toMatchObject([{ format: 'html', type: 'application/x.deki-text' }]);
	});

	it('takes text with XML around it, and text alone', async () => {
		const text = { page: id('42'), format: 'text' };
		const xml = '<content type="text/plain" revision="1" title="T"><body>a &lt; b</body></content>';
		const wrapped = await runOperation(getPageContents, text, [xml]);
		expect(wrapped.calls.map(inOneLine)).toEqual(['GET /pages/42/contents?format=text&mode=view']);
		expect(wrapped.items).toMatchObject([
			{ format: 'text', type: 'text/plain', contents: 'a < b' },
		]);
		const type = 'text/plain; charset=utf-8';
		const alone = await runOperation(getPageContents, text, [{ type, body: 'a < b\n<p>' }]);
		expect(alone.items).toEqual([
			{ id: '42', format: 'text', type: 'text/plain', contents: 'a < b\n<p>' },
		]);
		const empty = await runOperation(getPageContents, text, [{ type }]);
		expect(empty.items).toMatchObject([{ contents: '' }]);
	});

	it.each([
		['a login page', { type: 'text/html', body: '<html>' }, /web page/],
		['another document', '<other/>', /unexpected response/],
		['nothing', '', /unexpected response/],
		['half a document', '<content><body>', /unexpected response/],
	])('does not take %s for contents', async (_case, answer, message) => {
		await expect(runOperation(getPageContents, html, [answer])).rejects.toThrow(message);
	});

	it.each([
		[{ format: 'pdf' }, '"pdf" is no choice for "Format"'],
		[{ format: 'html', options: { mode: 'print' } }, '"print" is no choice for "Mode"'],
		[{ format: 'html', options: { revision: 'two' } }, '"two" is not the number of a revision'],
		[{ format: 'html', options: { revision: 0 } }, '"0" is not the number of a revision'],
	])('refuses %j before any call', async (parameters, message) => {
		const run = runOperation(getPageContents, { page: id('42'), ...parameters });
		await expect(run).rejects.toThrow(message);
	});
});

describe('get subpages', () => {
	const ENTRY =
		'<page.subpage id="1841" guid="1a7deff4a8404578a27ff19d79e52ce3" draft.state="inactive" href="https://site.example/@api/deki/pages/1841?redirects=0" deleted="false" revision="1" terminal="true" subpages="false" files="0"><uri.ui>https://site.example/Parent/example_page</uri.ui><title>example page</title><path seo="true">Parent/example_page</path><namespace>main</namespace><date.created>2024-02-12T20:44:05Z</date.created><language>en-US</language><date.modified>2024-02-12T20:44:05Z</date.modified><article>topic-guide</article></page.subpage>';
	const listOf = (...entries: string[]) => `<subpages count="1">${entries.join('')}</subpages>`;

	it('reads the sample', async () => {
		const parameters = { page: id('1432'), ...some };
		const { items, calls } = await runOperation(getPageSubpages, parameters, [listOf(ENTRY)]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/1432/subpages?limit=50&offset=0']);
		expect(items).toEqual([
			{
				id: '1841',
				guid: '1a7deff4a8404578a27ff19d79e52ce3',
				path: 'Parent/example_page',
				title: 'example page',
				url: 'https://site.example/Parent/example_page',
				language: 'en-US',
				namespace: 'main',
				revision: 1,
				article: 'topic-guide',
				draftState: 'inactive',
				createdAt: '2024-02-12T20:44:05Z',
				modifiedAt: '2024-02-12T20:44:05Z',
				hasSubpages: false,
				fileCount: 0,
			},
		]);
	});

	it('asks for article types', async () => {
		const options = { article: 'topic-guide, topic-category' };
		const parameters = { page: path('A/B'), ...some, options };
		const { items, calls } = await runOperation(getPageSubpages, parameters, [listOf()]);
		expect(calls.map(inOneLine)).toEqual([
			'GET /pages/=A%252FB/subpages?limit=50&offset=0&article=topic-guide%2Ctopic-category',
		]);
		expect(items).toEqual([]);
	});

	it('reads page by page when all are wanted', async () => {
		const other = (number: number) => ENTRY.replace('id="1841"', `id="${number}"`);
		const full = listOf(...Array.from({ length: 100 }, (_, number) => other(number + 1)));
		const parameters = { page: id('1'), ...asItem, returnAll: true };
		const { items, calls } = await runOperation(getPageSubpages, parameters, [full, listOf(ENTRY)]);
		expect(inOneLine(calls[1]!)).toBe('GET /pages/1/subpages?limit=100&offset=100');
		expect(items).toHaveLength(101);
	});

	it('gives the elements as they are when they shall not be simplified', async () => {
		const parameters = { page: id('1'), simplify: false };
		const { items } = await runOperation(getPageSubpages, parameters, [listOf(ENTRY)]);
		expect(items).toMatchObject([{ '@id': '1841', '@terminal': 'true' }]);
	});
});

describe('get revisions', () => {
	const SAMPLE =
		'<pages><page id="181" guid="fe9613576af04644a47947ba0d5df12b" draft.state="inactive" deleted="false" revision="2" href="https://site.example/@api/deki/pages/181/revisions?revision=2&amp;redirects=0"><uri.ui>https://site.example/Topic_to_Publish</uri.ui><title>Topic to Publish</title><path seo="true">Topic_to_Publish</path><namespace>main</namespace><date.created>2023-07-24T15:29:01Z</date.created><language>en-US</language><date.edited>2023-07-24T16:06:53Z</date.edited><timeuuid>1abc0c80-2a3c-11ee-804c-e7141d6959d3</timeuuid><description>153 words added</description><contents type="application/vnd.deki1410+xml" href="https://site.example/@api/deki/pages/181/contents?revision=2&amp;redirects=0"/></page></pages>';

	it('reads the sample', async () => {
		const parameters = { page: id('181'), ...some, limit: 3 };
		const { items, calls } = await runOperation(getPageRevisions, parameters, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/181/revisions?limit=3&offset=0']);
		expect(items).toEqual([
			{
				id: '181',
				guid: 'fe9613576af04644a47947ba0d5df12b',
				path: 'Topic_to_Publish',
				title: 'Topic to Publish',
				url: 'https://site.example/Topic_to_Publish',
				language: 'en-US',
				namespace: 'main',
				revision: 2,
				draftState: 'inactive',
				createdAt: '2023-07-24T15:29:01Z',
				editedAt: '2023-07-24T16:06:53Z',
				description: '153 words added',
			},
		]);
	});

	it('names the author, without an e-mail address', async () => {
		const author = '<user.author id="4"><username>ann</username><email>a@b.c</email></user.author>';
		const body = `<pages><page id="1" revision="1">${author}</page></pages>`;
		const { items } = await runOperation(getPageRevisions, { page: id('1'), ...some }, [body]);
		expect(items).toEqual([{ id: '1', revision: 1, author: { id: '4', name: 'ann' } }]);
	});
});

describe('search', () => {
	const SAMPLE =
		'<search ranking="adaptive" queryid="16" sessionid="123456" querycount="31" count.recommendations="0" count="1"><result><id>123</id><uri>https://site.example/test</uri><rank>1</rank><title>test</title><page guid="5559994"><rating/><title>test</title><path>test</path><uri.ui>https://site.example/test</uri.ui></page><author>admin</author><preview>Undo</preview><date.modified>2023-10-23T15:20:18Z</date.modified><content>Undo</content><type>page</type><mime>application/vnd.deki1410+xml</mime><tag>article:topic-guide</tag></result></search>';

	it('reads the sample, and is not counted as a search of a reader', async () => {
		const parameters = { query: ' reset & go ', ...some };
		const { items, calls } = await runOperation(searchPagesOperation, parameters, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual([
			'GET /site/query?q=reset+%26+go&sortby=-rank&limit=50&offset=0&notrack=true&recommendations=false',
		]);
		expect(items).toEqual([
			{
				id: '123',
				title: 'test',
				url: 'https://site.example/test',
				path: 'test',
				type: 'page',
				author: { name: 'admin' },
				preview: 'Undo',
				modifiedAt: '2023-10-23T15:20:18Z',
				tags: ['article:topic-guide'],
				rank: 1,
			},
		]);
	});

	it('narrows the search and orders it', async () => {
		const options = { below: '/A/B c/', tags: 'x, y:z', types: 'page', sortBy: '-modified' };
		const parameters = { query: 'a', ...some, options };
		const { items, calls } = await runOperation(searchPagesOperation, parameters, ['<search/>']);
		expect(calls.map(inOneLine)).toEqual([
			'GET /site/query?q=a&pathancestors=A%2FB+c&tags=x%2Cy%3Az&types=page&sortby=-modified&limit=50&offset=0&notrack=true&recommendations=false',
		]);
		expect(items).toEqual([]);
	});

	it('reads many tags, none, and a rank with a fraction', async () => {
		const body =
			'<search><result><id>1</id><rank>0.75</rank><tag>a</tag><tag>b</tag></result><result><id>2</id><rank>high</rank></result></search>';
		const { items } = await runOperation(searchPagesOperation, { query: 'a', ...some }, [body]);
		expect(items).toEqual([
			{ id: '1', rank: 0.75, tags: ['a', 'b'] },
			{ id: '2', tags: [] },
		]);
	});

	it.each([
		[{ query: ' ' }, '"Query" is empty'],
		[{ query: 'a', options: { sortBy: 'size' } }, '"size" is no choice for "Sort By"'],
	])('refuses %j before any call', async (parameters, message) => {
		await expect(runOperation(searchPagesOperation, parameters)).rejects.toThrow(message);
	});
});
