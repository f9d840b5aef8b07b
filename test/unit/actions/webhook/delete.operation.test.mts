import { describe, expect, it } from 'vitest';

import { deleteWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/delete.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §1.3. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const ITEM = {
	id: '123',
	guid: 'a1b2c3d4-e5f6-7890-abcd-1234567890ab',
	url: 'https://example.com/webhook',
	active: true,
	events: ['page_create', 'page_delete'],
	consecutiveFailures: 0,
	createdAt: '2023-07-01T10:30:00Z',
};

const webhook = { mode: 'id', value: '123' };

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
	])('deleteWebhook says why it did not delete the webhook', async (answers, words) => {
		const said = await refusalOf(deleteWebhook, { webhook }, answers);
		expect(said.message).toContain(words);
	});
});
