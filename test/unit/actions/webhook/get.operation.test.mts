import { describe, expect, it } from 'vitest';

import { getWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/get.operation.ts';
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

/** The sample after Expert has switched it off. */
const OFF = SAMPLE.replace('<active>true', '<active>false')
	.replace('failures>0<', 'failures>10<')
	.replace('reason>0<', 'reason>1<');

const OFF_ITEM = { ...ITEM, active: false, consecutiveFailures: 10, disabledReason: '1' };

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

const other = (id: string, url = 'https://example.org/hook') =>
	SAMPLE.replace('<id>123', `<id>${id}`).replace('https://example.com/webhook', url);

const GET = { method: 'GET', url: '/webhooks/123' };

const LIST = { method: 'GET', url: '/webhooks?limit=100&offset=0' };

const webhook = { mode: 'id', value: '123' };

const byUrl = { mode: 'url', value: 'https://EXAMPLE.com/webhook' };

describe('getWebhook', () => {
	it('getWebhook returns the sample of the specification as an item', async () => {
		const run = await runOperation(getWebhook, { webhook }, [SAMPLE]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET]);
	});

	it('getWebhook says why the webhook is off', async () => {
		expect(onlyItem(await runOperation(getWebhook, { webhook }, [OFF]))).toEqual(OFF_ITEM);
	});

	it('getWebhook returns everything but the Authorization value when Simplify is off', async () => {
		const run = await runOperation(getWebhook, { webhook, simplify: false }, [SAMPLE]);
		expect(onlyItem(run)).toMatchObject({ id: '123', deleted: 'false', 'webhook-url': ITEM.url });
		expect(JSON.stringify(run.outputs)).not.toMatch(/authorization|eyJ/i);
	});

	it('getWebhook finds a webhook by URL', async () => {
		const answers = [list(other('7'), SAMPLE), SAMPLE];
		const run = await runOperation(getWebhook, { webhook: byUrl }, answers);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([LIST, GET]);
	});

	it.each([
		[{ status: 404, body: '' }, 'Expert does not have this webhook'],
		[SAMPLE.replace('deleted>false', 'deleted>true'), 'Expert does not have this webhook'],
		[{ status: 403, body: '' }, 'Expert did not allow this (403) while n8n tried to read'],
		['<html/>', 'The address returned a web page'],
		['<webhooks/>', 'The Expert site returned an unexpected response'],
	])('getWebhook explains %j', async (answer, words) => {
		const { message } = await refusalOf(getWebhook, { webhook }, [answer]);
		expect(message).toContain(words);
	});

	it.each([
		[list(), 'Expert has no webhook with this URL'],
		[list(SAMPLE, other('124', ITEM.url)), 'more than one webhook with this URL (IDs 123, 124)'],
	])('getWebhook refuses a URL that does not name exactly one webhook', async (answer, words) => {
		const { message } = await refusalOf(getWebhook, { webhook: byUrl }, [answer]);
		expect(message).toContain(words);
	});
});
