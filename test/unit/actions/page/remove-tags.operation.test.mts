import { describe, expect, it } from 'vitest';

import { removePageTags } from '../../../../nodes/CxoneExpert/actions/page/remove-tags.operation.ts';
import { runOperation } from '../../../support/unit/stub-site.mts';
import { TAGS, BEFORE, page, responseWith, sent } from '../../../support/unit/tags-samples.mts';

describe('removePageTags', () => {
	it('removePageTags writes the remaining tags back', async () => {
		const after = responseWith(BEFORE[0]!);
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
			responseWith('a'),
			'<tags/>',
		]);
		expect(calls[1]!.body).toBe('<tags></tags>');
		expect(items[0]).toMatchObject({ tags: [], removed: ['a'] });
	});

	it('removePageTags writes nothing when the page has none of the tags', async () => {
		expect((await runOperation(removePageTags, { page, tags: 'x' }, [TAGS])).calls).toHaveLength(1);
	});
});
