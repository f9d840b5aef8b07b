import { describe, expect, it } from 'vitest';

import { deleteWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/delete.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, webhook, ITEM } from '../../../support/unit/webhook-samples.mts';

describe('deleteWebhook', () => {
	const gone = { status: 404, body: '' };

	it('deleteWebhook deletes the webhook and checks that it is gone', async () => {
		const run = await runOperation(deleteWebhook, { webhook }, [SAMPLE, '', gone]);
		expect(onlyItem(run)).toEqual({ id: '123', url: ITEM.url, deleted: true });
		expect(run.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
			'GET /webhooks/123',
			'DELETE /webhooks/123',
			'GET /webhooks/123',
		]);
	});

	it.each([
		[[gone], 'Expert does not have this webhook'],
		[[SAMPLE, '', SAMPLE], 'the webhook is still there'],
		[[SAMPLE, { status: 403, body: '' }], 'Expert did not allow this (403)'],
	])('deleteWebhook says why it did not delete the webhook', async (responses, words) => {
		const said = await refusalOf(deleteWebhook, { webhook }, responses);
		expect(said.message).toContain(words);
	});
});
