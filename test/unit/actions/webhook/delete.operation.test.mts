import { describe, expect, it } from 'vitest';

import { deleteWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/delete.operation.ts';
import { refusalOf } from '../../../support/unit/stub-site.mts';
import { SAMPLE, webhook } from '../../../support/unit/webhook-samples.mts';

describe('deleteWebhook', () => {
	const gone = { status: 404, body: '' };

	it.each([
		[[gone], 'Expert does not have this webhook'],
		[[SAMPLE, '', SAMPLE], 'the webhook is still there'],
		[[SAMPLE, { status: 403, body: '' }], 'Expert did not allow this (403)'],
	])('deleteWebhook says why it did not delete the webhook', async (responses, words) => {
		const said = await refusalOf(deleteWebhook, { webhook }, responses);
		expect(said.message).toContain(words);
	});
});
