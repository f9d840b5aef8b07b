import { describe, expect, it } from 'vitest';

import { addPageTags } from '../../../../nodes/CxoneExpert/actions/page/add-tags.operation.ts';
import { runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { TAGS, BEFORE, page, responseWith, sent } from '../../../support/unit/tags-samples.mts';

describe('addPageTags', () => {
	it('addPageTags writes all tags back with the new ones', async () => {
		const after = responseWith(...BEFORE, 'a', 'R&amp;D');
		const { items, calls } = await runOperation(addPageTags, { page, tags: ' a, R&D ,' }, [
			TAGS,
			after,
		]);
		expect(calls.map(withQuery)).toEqual([
			{ method: 'GET', path: '/pages/1432/tags', query: { redirects: '0' } },
			{
				method: 'PUT',
				path: '/pages/1432/tags',
				query: { redirects: '0' },
				type: 'application/xml; charset=utf-8',
				body: sent(...BEFORE, 'a', 'R&amp;D'),
			},
		]);
		expect(items).toEqual([
			{ page: { id: '1432' }, tags: [...BEFORE, 'a', 'R&D'], added: ['a', 'R&D'], removed: [] },
		]);
	});

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
