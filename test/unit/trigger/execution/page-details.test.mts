import { describe, expect, it } from 'vitest';

import { pageDetails } from '../../../../nodes/CxoneExpert/trigger/execution/page-details.ts';
import { rootOf } from '../../../support/unit/samples.mts';

describe('pageDetails', () => {
	it('pageDetails has what people need of a page', () => {
		const xml = `<page id="42" guid="g" draft.state="inactive" revision="3"><uri.ui>https://help.example.com/A</uri.ui>
			<title>Reset the phone</title><path seo="true">A</path><language>en-US</language>
			<user.createdby id="1"><username>admin</username></user.createdby>
			<user.author id="4"><username>jane</username><fullname>Jane Doe</fullname></user.author>
			<tags count="1"><tag value="article:guide"/></tags></page>`;
		expect(pageDetails(rootOf(xml))).toEqual({
			id: '42',
			path: 'A',
			title: 'Reset the phone',
			url: 'https://help.example.com/A',
			author: { id: '4', name: 'jane', fullName: 'Jane Doe' },
			tags: ['article:guide'],
			language: 'en-US',
			draftState: 'inactive',
			revision: 3,
		});
	});

	it('pageDetails has nothing of what the response does not say', () => {
		expect(pageDetails(rootOf('<page id="42"/>'))).toEqual({ id: '42' });
	});

	it.each([
		['a page without tags', 'inactive', '', []],
		['a draft whose tags are kept elsewhere', 'unpublished', '', undefined],
		['a draft that was published before', 'unpublished', '<tag value="a"/>', ['a']],
	])('pageDetails of %s has the tags %j', (_case, state, tag, tags) => {
		const xml = `<page id="1" draft.state="${state}"><tags>${tag}</tags></page>`;
		expect(pageDetails(rootOf(xml)).tags).toEqual(tags);
	});

	it('pageDetails has no revision for a page that was never published', () => {
		expect(pageDetails(rootOf('<page id="1" revision="0"/>'))).not.toHaveProperty('revision');
	});
});
