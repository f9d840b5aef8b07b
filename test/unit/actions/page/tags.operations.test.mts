import { describe, expect, it } from 'vitest';

import {
	addPageTags,
	getPageTags,
	removePageTags,
	replacePageTags,
} from '../../../../nodes/CxoneExpert/actions/page/tags.operations.ts';
import { startCpuTime } from '../../../support/unit/cpu-time.mts';
import { runOperation } from '../../../support/unit/stub-site.mts';
import { BEFORE, page, sent, TAGS } from '../../../support/unit/tags-samples.mts';

it('getPageTags finds the number of a page that was named by its path', async () => {
	const { items } = await runOperation(getPageTags, { page: { mode: 'path', value: 'A' } }, [TAGS]);
	expect(items[0]).toMatchObject({ page: { id: '1432', path: 'A' } });
});

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
});

it('removePageTags removes a system tag that is named', async () => {
	const tags = 'article:topic-category';
	const { calls } = await runOperation(removePageTags, { page, tags }, [TAGS, TAGS]);
	expect(calls[1]!.body).toBe(sent(BEFORE[1]!));
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
