import { describe, expect, it } from 'vitest';

import { addPageTags } from '../../../../nodes/CxoneExpert/actions/page/add-tags.operation.ts';
import { getPageTags } from '../../../../nodes/CxoneExpert/actions/page/get-tags.operation.ts';
import { removePageTags } from '../../../../nodes/CxoneExpert/actions/page/remove-tags.operation.ts';
import { replacePageTags } from '../../../../nodes/CxoneExpert/actions/page/replace-tags.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §7.4. */
const TAGS =
	'<tags count="2" href="https://site.example/@api/deki/pages/1432/tags"><tag value="article:topic-category" id="1" href="https://site.example/@api/deki/site/tags/1"><uri>https://site.example/Special:Tags?tag=article:topic-category</uri><type>text</type><title>article:topic-category</title></tag><tag value="Custom Tag Here" id="157" href="https://site.example/@api/deki/site/tags/157"><uri>https://site.example/Special:Tags?tag=Custom+Tag+Here</uri><type>text</type><title>Custom Tag Here</title></tag></tags>';

const BEFORE = ['article:topic-category', 'Custom Tag Here'];

const page = { mode: 'id', value: '1432' };

const answerWith = (...names: string[]) =>
	`<tags count="${names.length}">${names.map((name) => `<tag value="${name}"/>`).join('')}</tags>`;

/** The document that is sent when a page is to have these tags. */
const sent = (...names: string[]) =>
	`<tags>${names.map((name) => `<tag value="${name}"></tag>`).join('')}</tags>`;

it('gets the tags as a list, and the page', async () => {
	const { items, calls } = await runOperation(getPageTags, { page }, [TAGS]);
	expect(calls.map(withQuery)).toEqual([{ method: 'GET', path: '/pages/1432/tags' }]);
	expect(items).toEqual([{ page: { id: '1432' }, tags: BEFORE }]);
});

it('finds the number of a page that was named by its path', async () => {
	const { items } = await runOperation(getPageTags, { page: { mode: 'path', value: 'A' } }, [TAGS]);
	expect(items[0]).toMatchObject({ page: { id: '1432' } });
});

it('gives no number of the page where the site does not say it', async () => {
	const byPath = { page: { mode: 'path', value: 'A' } };
	expect((await runOperation(getPageTags, byPath, [answerWith('a')])).items).toEqual([
		{ tags: ['a'] },
	]);
});

it.each(['<tags/>', '<tags count="0"> </tags>'])('reads %s as none', async (answer) => {
	const { items } = await runOperation(getPageTags, { page }, [answer]);
	expect(items).toEqual([{ page: { id: '1432' }, tags: [] }]);
});

describe('add', () => {
	it('writes all tags back with the new ones', async () => {
		const after = answerWith(...BEFORE, 'a', 'R&amp;D');
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
	])('writes nothing for %s', async (_what, tags) => {
		const { items, calls } = await runOperation(addPageTags, { page, tags }, [TAGS]);
		expect(calls).toHaveLength(1);
		expect(items).toEqual([{ page: { id: '1432' }, tags: BEFORE, added: [], removed: [] }]);
	});

	it('takes a list from an expression, commas and numbers included', async () => {
		const tags = ['a, b', 2026, ' x\n y ', 'X Y', 'true'];
		const { calls } = await runOperation(addPageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(...BEFORE, 'a, b', '2026', 'x y', 'true'));
	});

	it('tells what the site made of it, not what it was asked for', async () => {
		const { items } = await runOperation(addPageTags, { page, tags: 'a,b' }, [
			TAGS,
			answerWith('a'),
		]);
		expect(items[0]).toMatchObject({ tags: ['a'], added: ['a'], removed: BEFORE });
	});
});

describe('remove', () => {
	it('writes back what is left', async () => {
		const after = answerWith(BEFORE[0]!);
		const tags = 'custom tag here, unknown';
		const { items, calls } = await runOperation(removePageTags, { page, tags }, [TAGS, after]);
		expect(calls[1]!.body).toBe(sent(BEFORE[0]!));
		expect(items[0]).toMatchObject({ tags: [BEFORE[0]], added: [], removed: [BEFORE[1]] });
	});

	it('removes a system tag that is named', async () => {
		const tags = 'article:topic-category';
		const { calls } = await runOperation(removePageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(BEFORE[1]!));
	});

	it('can remove the last one', async () => {
		const { items, calls } = await runOperation(removePageTags, { page, tags: 'a' }, [
			answerWith('a'),
			'<tags/>',
		]);
		expect(calls[1]!.body).toBe('<tags></tags>');
		expect(items[0]).toMatchObject({ tags: [], removed: ['a'] });
	});

	it('writes nothing when the page has none of them', async () => {
		expect((await runOperation(removePageTags, { page, tags: 'x' }, [TAGS])).calls).toHaveLength(1);
	});
});

describe('replace', () => {
	it.each([
		['keeps system tags', 'a, b', [BEFORE[0]!, 'a', 'b']],
		['keeps the spelling of what is there', 'custom TAG here, a', [...BEFORE, 'a']],
		['replaces a system tag by another one', 'a, article:topic', ['a', 'article:topic']],
		['leaves system tags alone for a list without entries', [], [BEFORE[0]!]],
	])('%s', async (_what, tags, wanted) => {
		const { calls } = await runOperation(replacePageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(...wanted));
	});

	it('writes nothing when the page has just these', async () => {
		const tags = ['Custom tag here', 'article:topic-category'];
		expect((await runOperation(replacePageTags, { page, tags }, [TAGS])).calls).toHaveLength(1);
	});
});

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
	])('%j makes no call', async (tags, message) => {
		const refused = await refusalOf(operation, { page, tags });
		expect(refused).toMatchObject({ message, calls: [] });
	});

	it('speaks of drafts when the site does not allow it', async () => {
		const refused = await refusalOf(operation, { page, tags: 'a' }, [{ status: 403 }]);
		expect(refused.description).toContain('a draft that was never published');
		const answers = [answerWith('b'), { status: 403 }];
		const parameters = { page, tags: operation === removePageTags ? 'b' : 'a' };
		const later = await refusalOf(operation, parameters, answers);
		expect(later.description).toContain('a draft that was never published');
	});
});
