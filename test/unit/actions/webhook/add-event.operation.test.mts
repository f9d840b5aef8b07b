import { describe, expect, it } from 'vitest';

import { addWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/add-event.operation.ts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, GET, webhook } from '../../../support/unit/webhook-samples.mts';

describe('addWebhookEvents', () => {
	const events = ['page_create', 'page_move'];

	it('addWebhookEvents sends nothing when all events are registered', async () => {
		const run = await runOperation(addWebhookEvents, { webhook, events: ['page_create'] }, [
			SAMPLE,
		]);
		expect(run.calls).toEqual([GET]);
	});

	it.each([
		[{}, [], 'No events are chosen'],
		[{ events }, [SAMPLE, { status: 400, body: '' }], 'does not know the event "page_move"'],
		[{ events: ['other'] }, [], 'No events are chosen'],
		[{ events }, [SAMPLE, SAMPLE, SAMPLE], 'did not register page_move'],
	])('addWebhookEvents refuses %j', async (fields, responses, words) => {
		const said = await refusalOf(addWebhookEvents, { webhook, ...fields }, responses);
		expect(said.message).toContain(words);
	});
});
