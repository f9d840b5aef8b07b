import { describe, expect, it } from 'vitest';

import { addWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/add-event.operation.ts';
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

describe('addWebhookEvents', () => {
	const events = ['page_create', 'page_move'];
	const options = { additionalEvents: 'Draft.Content:Update, page move' };

	it('addWebhookEvents adds each event that is not registered, once', async () => {
		const after = withEvents('Page_Create', 'Page_Move', 'DraftContent_Update');
		const answers = [SAMPLE, SAMPLE, SAMPLE, after];
		const run = await runOperation(addWebhookEvents, { webhook, events, options }, answers);
		expect(onlyItem(run).events).toEqual(['page_create', 'page_move', 'draftcontent_update']);
		expect(run.calls).toEqual([
			GET,
			event('PUT', 'page_move'),
			event('PUT', 'draftcontent_update'),
			GET,
		]);
	});

	it('addWebhookEvents sends nothing when all events are registered', async () => {
		const run = await runOperation(addWebhookEvents, { webhook, events: ['page_create'] }, [
			SAMPLE,
		]);
		expect(run.calls).toEqual([GET]);
	});

	it.each([
		[{}, [], 'No events are chosen'],
		[{ events }, [SAMPLE, { status: 400, body: '' }], 'Expert does not know this event (400)'],
		[{ events }, [SAMPLE, SAMPLE, SAMPLE], 'did not register page_move'],
	])('addWebhookEvents refuses %j', async (fields, answers, words) => {
		const said = await refusalOf(addWebhookEvents, { webhook, ...fields }, answers);
		expect(said.message).toContain(words);
	});
});
