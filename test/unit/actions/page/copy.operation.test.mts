import { describe, expect, it } from 'vitest';

import { copyPage } from '../../../../nodes/CxoneExpert/actions/page/copy.operation.ts';
import { refusalOf, runOperation, withQuery } from '../../../support/unit/stub-site.mts';
import { MOVED, ITEM, given } from '../../../support/unit/page-samples.mts';

const COPIED = MOVED.replaceAll('pages.moved', 'pages.copied');

describe('copyPage', () => {
	it('copyPage sends the defaults of what was not chosen', async () => {
		const { items, calls } = await runOperation(copyPage, { ...given, to: 'A/B' }, [COPIED]);
		expect(calls.map(withQuery)).toEqual([
			{
				method: 'POST',
				path: '/pages/426/copy',
				query: { to: 'A/B', attachments: 'true', recursive: 'false', tags: 'true' },
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
		[{ to: '/' }, 'The path "/" is that of the home page'],
		[{ to: 'A/'.repeat(1001) }, 'The path is longer than 2,000 characters'],
		[{ to: 'http://site.example/A' }, '"New Path" contains an address'],
	])('copyPage makes no call for %j', async (parameters, message) => {
		const refused = await refusalOf(copyPage, { ...given, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
