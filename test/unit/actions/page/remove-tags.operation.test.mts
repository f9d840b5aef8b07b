import { describe, expect, it } from 'vitest';

import { removePageTags } from '../../../../nodes/CxoneExpert/actions/page/remove-tags.operation.ts';
import { runOperation } from '../../../support/unit/stub-site.mts';

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

describe('removePageTags', () => {
	it('removePageTags writes the remaining tags back', async () => {
		const after = answerWith(BEFORE[0]!);
		const tags = 'custom tag here, unknown';
		const { items, calls } = await runOperation(removePageTags, { page, tags }, [TAGS, after]);
		expect(calls[1]!.body).toBe(sent(BEFORE[0]!));
		expect(items[0]).toMatchObject({ tags: [BEFORE[0]], added: [], removed: [BEFORE[1]] });
	});

	it('removePageTags removes a system tag that is named', async () => {
		const tags = 'article:topic-category';
		const { calls } = await runOperation(removePageTags, { page, tags }, [TAGS, TAGS]);
		expect(calls[1]!.body).toBe(sent(BEFORE[1]!));
	});

	it('removePageTags can remove the last tag', async () => {
		const { items, calls } = await runOperation(removePageTags, { page, tags: 'a' }, [
			answerWith('a'),
			'<tags/>',
		]);
		expect(calls[1]!.body).toBe('<tags></tags>');
		expect(items[0]).toMatchObject({ tags: [], removed: ['a'] });
	});

	it('removePageTags writes nothing when the page has none of the tags', async () => {
		expect((await runOperation(removePageTags, { page, tags: 'x' }, [TAGS])).calls).toHaveLength(1);
	});
});
