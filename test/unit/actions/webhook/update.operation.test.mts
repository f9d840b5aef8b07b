import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { updateWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/update.operation.ts';
import { deliveryAuthorization } from '../../../../nodes/CxoneExpert/shared/delivery-token.ts';
import { onlyItem, refusalOf, runOperation, TOKEN } from '../../../support/unit/stub-site.mts';
import {
	SAMPLE,
	GET,
	webhook,
	AUTHORIZATION,
	ITEM,
	OFF,
	list,
	other,
	settings,
	LIST,
} from '../../../support/unit/webhook-samples.mts';

describe('updateWebhook', () => {
	const update = async (updateFields: IDataObject, ...responses: string[]) =>
		await runOperation(updateWebhook, { webhook, updateFields }, responses);
	const url = 'https://example.com/webhook/a&b/webhook';
	const credential = { authentication: 'jwt', longTermToken: TOKEN } as const;
	const ofNewUrl = deliveryAuthorization(credential, url)!;
	const moved = SAMPLE.replace(ITEM.url, url.replace('&', '&amp;')).replace(
		AUTHORIZATION,
		ofNewUrl,
	);

	it.each([{}, { authorization: 'renew' }])(
		'updateWebhook changes the URL and the Authorization value that belongs to it, with %j',
		async (fields) => {
			const run = await update({ url, ...fields }, OFF, list(OFF), moved, moved);
			expect(onlyItem(run)).toEqual({ ...ITEM, url });
			const sent = settings(url.replace('&', '&amp;'), ofNewUrl, false);
			expect(run.calls).toEqual([GET, LIST, sent, GET]);
		},
	);

	it('updateWebhook renews the value that the trigger expects', async () => {
		const expected = deliveryAuthorization(credential, ITEM.url)!;
		const renewed = SAMPLE.replace(AUTHORIZATION, expected);
		const run = await update({ authorization: 'renew' }, SAMPLE, renewed, renewed);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([GET, settings(ITEM.url, expected, true), GET]);
	});

	it.each([
		[{}, [], 'No change is entered'],
		[{ authorization: 'keep', url: ' ' }, [], 'No change is entered'],
		[{ url: 'http://example.com' }, [], 'Expert cannot deliver to "http://example.com"'],
		[{ url: 'example.com' }, [], 'Expert cannot deliver to "example.com"'],
		[{ url: 'https://a:b@example.com' }, [], 'Expert cannot deliver to'],
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
			{ authorization: 'renew' },
			[SAMPLE, SAMPLE, SAMPLE],
			'the webhook does not have the requested values',
		],
	])('updateWebhook refuses %j', async (updateFields, responses, words) => {
		const said = await refusalOf(updateWebhook, { webhook, updateFields }, responses);
		expect(said.message).toContain(words);
	});
});
