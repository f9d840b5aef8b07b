import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { updateWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/update.operation.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-authorization.ts';
import { onlyItem, refusalOf, runOperation, TOKEN } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §1.3. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const AUTHORIZATION = 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...';

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

const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

const other = (id: string, url = 'https://example.org/hook') =>
	SAMPLE.replace('<id>123', `<id>${id}`).replace('https://example.com/webhook', url);

const put = (body: string) => ({
	method: 'PUT',
	url: '/webhooks/123',
	type: 'application/xml; charset=utf-8',
	body: `<webhook>${body}</webhook>`,
});

const settings = (url: string, authorization: string, active: boolean) =>
	put(
		`<webhook-url>${url}</webhook-url><authorization-header>${authorization}</authorization-header><active>${active}</active>`,
	);

const GET = { method: 'GET', url: '/webhooks/123' };

const LIST = { method: 'GET', url: '/webhooks?limit=100&offset=0' };

const webhook = { mode: 'id', value: '123' };

describe('updateWebhook', () => {
	const update = async (updateFields: IDataObject, ...answers: string[]) =>
		await runOperation(updateWebhook, { webhook, updateFields }, answers);
	const url = 'https://example.com/webhook/a&b/webhook';
	const moved = SAMPLE.replace(ITEM.url, url.replace('&', '&amp;'));

	it('updateWebhook changes the URL and nothing else', async () => {
		const run = await update({ url }, OFF, list(OFF), moved, moved);
		expect(onlyItem(run)).toEqual({ ...ITEM, url });
		const sent = settings(url.replace('&', '&amp;'), AUTHORIZATION, false);
		expect(run.calls).toEqual([GET, LIST, sent, GET]);
	});

	it('updateWebhook renews the value that the trigger expects', async () => {
		const credential = { authentication: 'jwt', jwt: TOKEN } as const;
		const expected = deliveryAuthorization(credential, ITEM.url)!;
		const renewed = SAMPLE.replace(AUTHORIZATION, expected);
		const run = await update({ renewAuthorization: true }, SAMPLE, renewed, renewed);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET, settings(ITEM.url, expected, true), GET]);
	});

	it.each([
		[{}, [], 'No change is entered'],
		[{ renewAuthorization: false, url: ' ' }, [], 'No change is entered'],
		[{ url: 'http://example.com' }, [], 'Expert cannot deliver to "http://example.com"'],
		[{ url: 'example.com' }, [], 'Expert cannot deliver to "example.com"'],
		[
			{ url },
			[SAMPLE, list(SAMPLE, other('9', url.replace('&', '&amp;')))],
			'Webhook 9 already delivers to this URL',
		],
		[
			{ url },
			[SAMPLE, list(SAMPLE), SAMPLE, SAMPLE],
			'the webhook does not have the requested values',
		],
		[
			{ renewAuthorization: true },
			[SAMPLE, SAMPLE, SAMPLE],
			'the webhook does not have the requested values',
		],
	])('updateWebhook refuses %j', async (updateFields, answers, words) => {
		const said = await refusalOf(updateWebhook, { webhook, updateFields }, answers);
		expect(said.message).toContain(words);
	});
});
