import { describe, expect, it } from 'vitest';

import { updateWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/update.operation.ts';
import { refusalOf } from '../../../support/unit/stub-site.mts';
import { SAMPLE, webhook, list, other } from '../../../support/unit/webhook-samples.mts';

describe('updateWebhook', () => {
	const url = 'https://example.com/webhook/a&b/webhook';

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
