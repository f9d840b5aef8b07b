import { expect, it } from 'vitest';

import { getPageTags } from '../../../../nodes/CxoneExpert/actions/page/get-tags.operation.ts';
import { runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { TAGS, BEFORE, page, responseWith } from '../../../support/unit/tags-samples.mts';

it('getPageTags returns the tags as a list, and the page', async () => {
	const { items, calls } = await runOperation(getPageTags, { page }, [TAGS]);
	expect(calls.map(withQuery)).toEqual([{ method: 'GET', path: '/pages/1432/tags' }]);
	expect(items).toEqual([{ page: { id: '1432' }, tags: BEFORE }]);
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
