import { expect, it } from 'vitest';

import { getPageTags } from '../../../../nodes/CxoneExpert/actions/page/get-tags.operation.ts';
import { runOperation, withQuery } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §7.4. */
const TAGS =
	'<tags count="2" href="https://site.example/@api/deki/pages/1432/tags"><tag value="article:topic-category" id="1" href="https://site.example/@api/deki/site/tags/1"><uri>https://site.example/Special:Tags?tag=article:topic-category</uri><type>text</type><title>article:topic-category</title></tag><tag value="Custom Tag Here" id="157" href="https://site.example/@api/deki/site/tags/157"><uri>https://site.example/Special:Tags?tag=Custom+Tag+Here</uri><type>text</type><title>Custom Tag Here</title></tag></tags>';

const BEFORE = ['article:topic-category', 'Custom Tag Here'];

const page = { mode: 'id', value: '1432' };

const answerWith = (...names: string[]) =>
	`<tags count="${names.length}">${names.map((name) => `<tag value="${name}"/>`).join('')}</tags>`;

it('getPageTags returns the tags as a list, and the page', async () => {
	const { items, calls } = await runOperation(getPageTags, { page }, [TAGS]);
	expect(calls.map(withQuery)).toEqual([{ method: 'GET', path: '/pages/1432/tags' }]);
	expect(items).toEqual([{ page: { id: '1432' }, tags: BEFORE }]);
});

it('getPageTags finds the number of a page that was named by its path', async () => {
	const { items } = await runOperation(getPageTags, { page: { mode: 'path', value: 'A' } }, [TAGS]);
	expect(items[0]).toMatchObject({ page: { id: '1432' } });
});

it('getPageTags returns no number when the site does not give it', async () => {
	const byPath = { page: { mode: 'path', value: 'A' } };
	expect((await runOperation(getPageTags, byPath, [answerWith('a')])).items).toEqual([
		{ tags: ['a'] },
	]);
});

it.each(['<tags/>', '<tags count="0"> </tags>'])(
	'getPageTags reads %s as no tags',
	async (answer) => {
		const { items } = await runOperation(getPageTags, { page }, [answer]);
		expect(items).toEqual([{ page: { id: '1432' }, tags: [] }]);
	},
);
