import { describe, expect, it } from 'vitest';

import { copyPage } from '../../../../nodes/CxoneExpert/actions/page/copy.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';

/** The samples of the vendor's specification: facts, §7.3 and §7.2. */
const MOVED =
	'<pages.moved count="1"><page id="159" guid="90a26f86d7684134b32b36cb0c18c02e" draft.state="inactive" href="https://site.example/@api/deki/pages/159?redirects=0" deleted="false"><uri.ui>https://site.example/ArticleMoved</uri.ui><title>ArticleMoved</title><path seo="true">ArticleMoved</path><namespace>main</namespace><date.created>2023-05-08T20:10:39Z</date.created><language>en-US</language></page></pages.moved>';

const COPIED = MOVED.replaceAll('pages.moved', 'pages.copied');

const ITEM = {
	id: '159',
	guid: '90a26f86d7684134b32b36cb0c18c02e',
	draftState: 'inactive',
	url: 'https://site.example/ArticleMoved',
	title: 'ArticleMoved',
	path: 'ArticleMoved',
	namespace: 'main',
	createdAt: '2023-05-08T20:10:39Z',
	language: 'en-US',
};

const page = { mode: 'id', value: '426' };

const given = { page, simplify: true };

describe('copyPage', () => {
	it('copyPage sends no option that was not chosen', async () => {
		const { items, calls } = await runOperation(copyPage, { ...given, to: 'A/B' }, [COPIED]);
		expect(calls.map(withQuery)).toEqual([
			{
				method: 'POST',
				path: '/pages/426/copy',
				query: { to: 'A/B' },
				type: 'application/xml; charset=utf-8',
			},
		]);
		expect(items).toEqual([ITEM]);
	});

	it('copyPage sends the chosen options', async () => {
		const options = { title: 'T', tags: false, attachments: false, recursive: true };
		const { calls } = await runOperation(copyPage, { ...given, to: 'A', options }, [COPIED]);
		expect(withQuery(calls[0]!).query).toEqual({
			to: 'A',
			title: 'T',
			tags: 'false',
			attachments: 'false',
			recursive: 'true',
		});
	});

	it('copyPage names the path that is taken', async () => {
		const refused = await refusalOf(copyPage, { ...given, to: 'A' }, [{ status: 409 }]);
		expect(refused.message).toContain('The path "A" is taken');
	});

	it.each([
		[{ to: '' }, '"New Path" is empty'],
		[{ to: '/' }, '"New Path" is empty'],
		[{ to: 'http://site.example/A' }, '"New Path" contains an address'],
	])('copyPage makes no call for %j', async (parameters, message) => {
		const refused = await refusalOf(copyPage, { ...given, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
