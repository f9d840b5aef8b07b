import { describe, expect, it } from 'vitest';

import { copyPage } from '../../../../nodes/CxoneExpert/actions/page/copy.operation.ts';
import { runOperation, withQuery } from '../../../support/unit/stub-site.mts';
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
});
