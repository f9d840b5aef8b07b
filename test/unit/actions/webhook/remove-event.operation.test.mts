import { describe, expect, it } from 'vitest';

import { removeWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/remove-event.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, withEvents, GET, event, webhook } from '../../../support/unit/webhook-samples.mts';

describe('removeWebhookEvents', () => {
	it('removeWebhookEvents removes all events, unknown ones included', async () => {
		const responses = [withEvents('Page_Create', 'Draft_Publish'), '', '', withEvents()];
		const run = await runOperation(removeWebhookEvents, { webhook, events: ['*'] }, responses);
		expect(onlyItem(run).events).toEqual([]);
		const removed = [event('DELETE', 'page_create'), event('DELETE', 'draft_publish')];
		expect(run.calls).toEqual([GET, ...removed, GET]);
	});

	it('removeWebhookEvents sends nothing when none of the events is registered', async () => {
		const run = await runOperation(removeWebhookEvents, { webhook, events: ['user_create'] }, [
			SAMPLE,
		]);
		expect(run.calls).toEqual([GET]);
	});

	it('removeWebhookEvents says when an event is still registered', async () => {
		const events = ['page_delete'];
		const said = await refusalOf(removeWebhookEvents, { webhook, events }, [SAMPLE, '', SAMPLE]);
		expect(said.message).toContain('page_delete is still registered');
	});
});
