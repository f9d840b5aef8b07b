import { describe, expect, it } from 'vitest';

import { removeWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/remove-event.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';

/** The sample of the vendor's specification: facts, §1.3. */
const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

const withEvents = (...names: string[]) =>
	SAMPLE.replace(
		/<events>.*<\/events>/,
		`<events>${names.map((name) => `<event><event-type>${name}</event-type></event>`).join('')}</events>`,
	);

const GET = { method: 'GET', url: '/webhooks/123' };

const event = (method: string, name: string) => ({
	method,
	url: `/webhooks/123/events/${name}`,
	type: 'application/xml; charset=utf-8',
});

const webhook = { mode: 'id', value: '123' };

describe('removeWebhookEvents', () => {
	it('removeWebhookEvents removes each event that is registered', async () => {
		const events = ['page_delete', 'page_move'];
		const answers = [SAMPLE, '', withEvents('Page_Create')];
		const run = await runOperation(removeWebhookEvents, { webhook, events }, answers);
		expect(onlyItem(run).events).toEqual(['page_create']);
		expect(run.calls).toEqual([GET, event('DELETE', 'page_delete'), GET]);
	});

	it('removeWebhookEvents removes all events, unknown ones included', async () => {
		const answers = [withEvents('Page_Create', 'Draft_Publish'), '', '', withEvents()];
		const run = await runOperation(removeWebhookEvents, { webhook, events: ['*'] }, answers);
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
