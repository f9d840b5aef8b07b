import { describe, expect, it } from 'vitest';

import { replacePageTags } from '../../../../nodes/CxoneExpert/actions/page/replace-tags.operation.ts';
import { runOperation } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §7.4. */
const TAGS =
	'<tags count="2" href="https://site.example/@api/deki/pages/1432/tags"><tag value="article:topic-category" id="1" href="https://site.example/@api/deki/site/tags/1"><uri>https://site.example/Special:Tags?tag=article:topic-category</uri><type>text</type><title>article:topic-category</title></tag><tag value="Custom Tag Here" id="157" href="https://site.example/@api/deki/site/tags/157"><uri>https://site.example/Special:Tags?tag=Custom+Tag+Here</uri><type>text</type><title>Custom Tag Here</title></tag></tags>';

const BEFORE = ['article:topic-category', 'Custom Tag Here'];

const page = { mode: 'id', value: '1432' };

/** The document that is sent when a page is to have these tags. */
const sent = (...names: string[]) =>
	`<tags>${names.map((name) => `<tag value="${name}"></tag>`).join('')}</tags>`;

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

	it('replacePageTags writes nothing when the page has exactly these tags', async () => {
		const tags = ['Custom tag here', 'article:topic-category'];
		expect((await runOperation(replacePageTags, { page, tags }, [TAGS])).calls).toHaveLength(1);
	});
});
