import { describe, expect, it } from 'vitest';

import { getManyPages } from '../../../../nodes/CxoneExpert/actions/page/get-many.operation.ts';
import { inOneLine, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { id, path, some } from '../../../support/unit/page-fields.mts';

describe('getManyPages', () => {
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
});
