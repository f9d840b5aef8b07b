import { describe, expect, it } from 'vitest';

import { getWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/get.operation.ts';
import { refusalOf } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM, list, other } from '../../../support/unit/webhook-samples.mts';

const byUrl = { mode: 'url', value: 'https://EXAMPLE.com/webhook' };

describe('getWebhook', () => {
	it.each([
		[list(), 'Expert has no webhook with this URL'],
		[list(SAMPLE, other('124', ITEM.url)), 'more than one webhook with this URL (IDs 123, 124)'],
	])('getWebhook refuses a URL that does not name exactly one webhook', async (response, words) => {
		const { message } = await refusalOf(getWebhook, { webhook: byUrl }, [response]);
		expect(message).toContain(words);
	});
});
