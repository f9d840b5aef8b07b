import { describe, expect, it } from 'vitest';

import { addPageTags } from '../../../../nodes/CxoneExpert/actions/page/add-tags.operation.ts';
import { removePageTags } from '../../../../nodes/CxoneExpert/actions/page/remove-tags.operation.ts';
import { replacePageTags } from '../../../../nodes/CxoneExpert/actions/page/replace-tags.operation.ts';
import { refusalOf } from '../../../support/unit/stub-site.mts';
import { page, responseWith } from '../../../support/unit/tags-samples.mts';

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
