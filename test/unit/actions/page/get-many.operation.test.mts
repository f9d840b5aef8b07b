import { describe, expect, it } from 'vitest';

import { getManyPages } from '../../../../nodes/CxoneExpert/actions/page/get-many.operation.ts';
import { inOneLine, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { id, path, some } from '../../../support/unit/page-fields.mts';

describe('getManyPages', () => {
	const SAMPLE =
		'<search ranking="adaptive" queryid="16" sessionid="123456" querycount="31" count.recommendations="0" count="1"><result><id>123</id><uri>https://site.example/test</uri><rank>1</rank><title>test</title><page guid="5559994"><rating/><title>test</title><path>test</path><uri.ui>https://site.example/test</uri.ui></page><author>admin</author><preview>Undo</preview><date.modified>2023-10-23T15:20:18Z</date.modified><content>Undo</content><type>page</type><mime>application/vnd.deki1410+xml</mime><tag>article:topic-guide</tag></result></search>';

	it('getManyPages returns the sample, and does not count as a search of a reader', async () => {
		const parameters = { query: ' reset & go ', ...some };
		const { items, calls } = await runOperation(getManyPages, parameters, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual([
			'GET /site/query?q=reset+%26+go&sortby=-rank&notrack=true&recommendations=false&limit=50&offset=0',
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

	it('getManyPages sends its filters and the order', async () => {
		const options = { tags: 'x, y:z', types: 'page' };
		const sort = { sortBy: '-modified' };
		const parameters = { query: 'a', below: path('/A/B c/'), ...some, sort, options };
		const { items, calls } = await runOperation(getManyPages, parameters, ['<search/>']);
		expect(calls.map(inOneLine)).toEqual([
			'GET /site/query?q=a&tags=x%2Cy%3Az&types=page&sortby=-modified&pathancestors=A%2FB+c&notrack=true&recommendations=false&limit=50&offset=0',
		]);
		expect(items).toEqual([]);
	});

	it('getManyPages looks up the path of the page to look below', async () => {
		const info = '<page id="42"><path>A/B, c</path></page>';
		const parameters = { query: 'a', below: id('42'), ...some };
		const { calls } = await runOperation(getManyPages, parameters, [info, '<search/>']);
		expect(inOneLine(calls[0]!)).toBe('GET /pages/42/info');
		expect(calls[1]!.url).toContain('&pathancestors=A%2FB%252C+c&');
	});

	it.each([id('home'), path('/')])(
		'getManyPages searches the whole site below %j',
		async (below) => {
			const { calls } = await runOperation(getManyPages, { query: 'a', below }, ['<search/>']);
			expect(calls.map(inOneLine)).toEqual([expect.not.stringContaining('pathancestors')]);
		},
	);

	it('getManyPages says that there is no page to look below', async () => {
		const refused = await refusalOf(getManyPages, { query: 'a', below: id('42') }, [
			{ status: 404 },
		]);
		expect(refused.message).toBe('There is no page 42');
	});

	it('getManyPages returns many tags, no tags, and a rank with a fraction', async () => {
		const body =
			'<search><result><id>1</id><rank>0.75</rank><tag>a</tag><tag>b</tag></result><result><id>2</id><rank>high</rank></result></search>';
		const { items } = await runOperation(getManyPages, { query: 'a', ...some }, [body]);
		expect(items).toEqual([
			{ id: '1', rank: 0.75, tags: ['a', 'b'] },
			{ id: '2', tags: [] },
		]);
	});

	it.each([
		[{ query: ' ' }, '"Query" is empty'],
		[{ query: 'a', sort: { sortBy: 'size' } }, '"size" is not a choice for "Sort By"'],
	])('getManyPages refuses %j before any call', async (parameters, message) => {
		await expect(runOperation(getManyPages, parameters)).rejects.toThrow(message);
	});
});
