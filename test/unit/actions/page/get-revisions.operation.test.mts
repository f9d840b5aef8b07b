import { describe, expect, it } from 'vitest';

import { getPageRevisions } from '../../../../nodes/CxoneExpert/actions/page/get-revisions.operation.ts';
import { inOneLine, runOperation } from '../../../support/unit/stub-site.mts';
import { id, some } from '../../../support/unit/page-fields.mts';

describe('getPageRevisions', () => {
	const SAMPLE =
		'<pages><page id="181" guid="fe9613576af04644a47947ba0d5df12b" draft.state="inactive" deleted="false" revision="2" href="https://site.example/@api/deki/pages/181/revisions?revision=2&amp;redirects=0"><uri.ui>https://site.example/Topic_to_Publish</uri.ui><title>Topic to Publish</title><path seo="true">Topic_to_Publish</path><namespace>main</namespace><date.created>2023-07-24T15:29:01Z</date.created><language>en-US</language><date.edited>2023-07-24T16:06:53Z</date.edited><timeuuid>1abc0c80-2a3c-11ee-804c-e7141d6959d3</timeuuid><description>153 words added</description><contents type="application/vnd.deki1410+xml" href="https://site.example/@api/deki/pages/181/contents?revision=2&amp;redirects=0"/></page></pages>';

	it('getPageRevisions returns the sample as an item', async () => {
		const parameters = { page: id('181'), ...some, limit: 3 };
		const { items, calls } = await runOperation(getPageRevisions, parameters, [SAMPLE]);
		expect(calls.map(inOneLine)).toEqual(['GET /pages/181/revisions?limit=3&offset=0']);
		expect(items).toEqual([
			{
				id: '181',
				path: 'Topic_to_Publish',
				title: 'Topic to Publish',
				url: 'https://site.example/Topic_to_Publish',
				revision: 2,
				createdAt: '2023-07-24T15:29:01Z',
				editedAt: '2023-07-24T16:06:53Z',
				description: '153 words added',
			},
		]);
	});

	it('getPageRevisions names the author without an e-mail address', async () => {
		const author = '<user.author id="4"><username>ann</username><email>a@b.c</email></user.author>';
		const body = `<pages><page id="1" revision="1">${author}</page></pages>`;
		const { items } = await runOperation(getPageRevisions, { page: id('1'), ...some }, [body]);
		expect(items).toEqual([{ id: '1', revision: 1, author: { id: '4', name: 'ann' } }]);
	});
});
