import { describe, expect, it } from 'vitest';

import { replacePageTags } from '../../../../nodes/CxoneExpert/actions/page/replace-tags.operation.ts';
import { startCpuTime } from '../../../support/unit/cpu-time.mts';
import { runOperation } from '../../../support/unit/stub-site.mts';
import { TAGS, BEFORE, page, sent } from '../../../support/unit/tags-samples.mts';

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

	it('replacePageTags writes nothing when the page has exactly these tags', async () => {
		const tags = ['Custom tag here', 'article:topic-category'];
		expect((await runOperation(replacePageTags, { page, tags }, [TAGS])).calls).toHaveLength(1);
	});
});
