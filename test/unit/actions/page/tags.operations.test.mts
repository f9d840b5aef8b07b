import { describe, expect, it } from 'vitest';

import {
	addPageTags,
	getPageTags,
	removePageTags,
	replacePageTags,
} from '../../../../nodes/CxoneExpert/actions/page/tags.operations.ts';
import { startCpuTime } from '../../../support/unit/cpu-time.mts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { BEFORE, page, responseWith, sent, TAGS } from '../../../support/unit/tags-samples.mts';

describe.each([addPageTags, removePageTags, replacePageTags])('$name', (operation) => {
	it.each([
		['', '"Tags" is empty'],
		[' , ', '"Tags" is empty'],
		[['', ' '], '"Tags" is empty'],
		[undefined, '"Tags" contains something other than text'],
		[null, '"Tags" contains something other than text'],
		[['a', { name: 'b' }], '"Tags" contains something other than text'],
		[{ name: 'b' }, '"Tags" contains something other than text'],
		[['a\u0001'], '"Tags" contains a character that cannot be sent to Expert: U+0001'],
		['a\ud800', '"Tags" contains a character that cannot be sent to Expert: U+D800'],
	])('changeTags makes no call for %j', async (tags, message) => {
		const refused = await refusalOf(operation, { page, tags });
		expect(refused).toMatchObject({ message, calls: [] });
	});

	it('changeTags mentions drafts when the site does not allow it', async () => {
		const refused = await refusalOf(operation, { page, tags: 'a' }, [{ status: 403 }]);
		expect(refused.description).toContain('a draft that was never published');
		const responses = [responseWith('b'), { status: 403 }];
		const parameters = { page, tags: operation === removePageTags ? 'b' : 'a' };
		const later = await refusalOf(operation, parameters, responses);
		expect(later.description).toContain('a draft that was never published');
	});
});

it('getPageTags finds the number of a page that was named by its path', async () => {
	const { items } = await runOperation(getPageTags, { page: { mode: 'path', value: 'A' } }, [TAGS]);
	expect(items[0]).toMatchObject({ page: { id: '1432', path: 'A' } });
});

it('getPageTags returns no number when the site does not give it', async () => {
	const byPath = { page: { mode: 'path', value: 'A' } };
	expect((await runOperation(getPageTags, byPath, [responseWith('a')])).items).toEqual([
		{ page: { path: 'A' }, tags: ['a'] },
	]);
});

it.each(['<tags/>', '<tags count="0"> </tags>'])(
	'getPageTags reads %s as no tags',
	async (response) => {
		const { items } = await runOperation(getPageTags, { page }, [response]);
		expect(items).toEqual([{ page: { id: '1432' }, tags: [] }]);
	},
);

describe('addPageTags', () => {
	it.each([
		['another spelling of the same', 'CUSTOM tag here, Article:Topic-Category'],
		['a list without entries', []],
	])('addPageTags writes nothing for %s', async (_what, tags) => {
		const { items, calls } = await runOperation(addPageTags, { page, tags }, [TAGS]);
		expect(calls).toHaveLength(1);
		expect(items).toEqual([{ page: { id: '1432' }, tags: BEFORE, added: [], removed: [] }]);
	});

	it('addPageTags accepts a list from an expression, with commas and numbers in it', async () => {
		const tags = ['a, b', 2026, ' x\n y ', 'X Y', 'true'];
		const { calls } = await runOperation(addPageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(...BEFORE, 'a, b', '2026', 'x y', 'true'));
	});

	it('addPageTags returns the tags that the site reports, not those that were entered', async () => {
		const { items } = await runOperation(addPageTags, { page, tags: 'a,b' }, [
			TAGS,
			responseWith('a'),
		]);
		expect(items[0]).toMatchObject({ tags: ['a'], added: ['a'], removed: BEFORE });
	});
});

describe('removePageTags', () => {
	it('removePageTags removes a system tag that is named', async () => {
		const tags = 'article:topic-category';
		const { calls } = await runOperation(removePageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(BEFORE[1]!));
	});

	it('removePageTags can remove the last tag', async () => {
		const { items, calls } = await runOperation(removePageTags, { page, tags: 'a' }, [
			responseWith('a'),
			'<tags/>',
		]);
		expect(calls[1]!.body).toBe('<tags></tags>');
		expect(items[0]).toMatchObject({ tags: [], removed: ['a'] });
	});
});

describe('replacePageTags', () => {
	it.each([
		['keeps system tags', 'a, b', [BEFORE[0]!, 'a', 'b']],
		['keeps the spelling of what is there', 'custom TAG here, a', [...BEFORE, 'a']],
		['replaces a system tag by another one', 'a, article:topic', ['a', 'article:topic']],
		['leaves system tags alone for a list without entries', [], [BEFORE[0]!]],
	])('replacePageTags %s', async (_what, tags, wanted) => {
		const { calls } = await runOperation(replacePageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(...wanted));
	});

	it('replacePageTags takes no more than its share of time for thousands of tags', async () => {
		const replace = async (count: number) => {
			const named = Array.from({ length: count }, (_, index) => `named ${index}`);
			const values = named.map((name) => `<tag value="there, ${name}"/>`).join('');
			const response = `<tags>${values}</tags>`;
			await runOperation(replacePageTags, { page, tags: named }, [response, response]);
		};
		const cpuMs = async (count: number, times: number) => {
			const cpuTime = startCpuTime();
			for (let time = 0; time < times; time++) await replace(count);
			return cpuTime();
		};
		await cpuMs(200, 20);
		const inParts = await cpuMs(200, 20);
		expect((await cpuMs(4_000, 1)) / inParts).toBeLessThan(6);
	});
});
