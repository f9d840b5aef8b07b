import { expect, it } from 'vitest';

import { addWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/add-event.operation.ts';
import { deleteWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/delete.operation.ts';
import { disableWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/disable.operation.ts';
import { enableWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/enable.operation.ts';
import { getWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/get.operation.ts';
import { removeWebhookEvents } from '../../../../nodes/CxoneExpert/actions/webhook/remove-event.operation.ts';
import { updateWebhook } from '../../../../nodes/CxoneExpert/actions/webhook/update.operation.ts';
import type { Operation } from '../../../../nodes/CxoneExpert/actions/operation.ts';
import {
	onlyItem,
	refusalOf,
	runOperation,
	type StubResponse,
} from '../../../support/unit/stub-site.mts';
import {
	event,
	GET,
	ITEM,
	list,
	OFF,
	other,
	SAMPLE,
	webhook,
	withEvents,
} from '../../../support/unit/webhook-samples.mts';

const moved = 'https://example.com/webhook/a&b/webhook';

it.each<[string, Operation, object, StubResponse[], string]>([
	['Enable', enableWebhook, {}, [OFF, SAMPLE, OFF], 'the webhook is still disabled'],
	['Disable', disableWebhook, {}, [SAMPLE, '', SAMPLE], 'the webhook is still enabled'],
	['Delete', deleteWebhook, {}, [SAMPLE, '', SAMPLE], 'the webhook is still there'],
	[
		'Add Events',
		addWebhookEvents,
		{ events: ['page_create', 'page_move'] },
		[SAMPLE, '', SAMPLE],
		'did not register page_move',
	],
	[
		'Remove Events',
		removeWebhookEvents,
		{ events: ['page_delete'] },
		[SAMPLE, '', SAMPLE],
		'page_delete is still registered',
	],
	[
		'Update of the URL',
		updateWebhook,
		{ updateFields: { url: moved } },
		[SAMPLE, list(SAMPLE), SAMPLE, SAMPLE],
		'does not have the requested values',
	],
	[
		'Update of the Authorization value',
		updateWebhook,
		{ updateFields: { authorization: 'renew' } },
		[SAMPLE, SAMPLE, SAMPLE],
		'does not have the requested values',
	],
])(
	'%s refuses when the site reports success and does nothing',
	async (_case, operation, fields, responses, words) => {
		const { message } = await refusalOf(operation, { webhook, ...fields }, responses);
		expect(message).toContain('Expert reported success, but');
		expect(message).toContain(words);
	},
);

it.each<[string, Operation, object, string]>([
	['Enable', enableWebhook, {}, SAMPLE],
	['Disable', disableWebhook, {}, OFF],
	['Add Events', addWebhookEvents, { events: ['page_create'] }, SAMPLE],
	['Remove Events', removeWebhookEvents, { events: ['user_create'] }, SAMPLE],
	['Update', updateWebhook, { updateFields: { url: ITEM.url } }, SAMPLE],
])('%s sends nothing when the webhook is as wanted', async (_case, operation, fields, response) => {
	const run = await runOperation(operation, { webhook, ...fields }, [response]);
	expect(run.calls).toEqual([GET]);
});

it.each<[string, Operation, object, StubResponse[], string]>([
	['no events', addWebhookEvents, {}, [], 'No events are chosen'],
	['other events without a name', addWebhookEvents, { events: ['other'] }, [], 'No events are'],
	['no change', updateWebhook, { updateFields: {} }, [], 'No change is entered'],
	[
		'a URL without https',
		updateWebhook,
		{ updateFields: { url: 'http://example.com' } },
		[],
		'Expert cannot deliver to "http://example.com"',
	],
	[
		'a URL that is none',
		updateWebhook,
		{ updateFields: { url: 'example.com' } },
		[],
		'Expert cannot deliver to "example.com"',
	],
	[
		'a URL with a password',
		updateWebhook,
		{ updateFields: { url: 'https://a:b@example.com' } },
		[],
		'Expert cannot deliver to',
	],
	[
		'the URL of another webhook',
		updateWebhook,
		{ updateFields: { url: moved } },
		[SAMPLE, list(SAMPLE, other('9', moved.replace('&', '&amp;')))],
		'Webhook 9 already delivers to this URL',
	],
])('an operation refuses %s', async (_case, operation, fields, responses, words) => {
	const { message } = await refusalOf(operation, { webhook, ...fields }, responses);
	expect(message).toContain(words);
});

it.each([
	['of no webhook', list(), 'Expert has no webhook with this URL'],
	[
		'of several webhooks',
		list(SAMPLE, other('124', ITEM.url)),
		'more than one webhook with this URL (IDs 123, 124)',
	],
])('Get refuses a URL %s', async (_case, response, words) => {
	const byUrl = { mode: 'url', value: 'https://EXAMPLE.com/webhook' };
	const { message } = await refusalOf(getWebhook, { webhook: byUrl }, [response]);
	expect(message).toContain(words);
});

it('Remove Events removes all events, unknown ones included', async () => {
	const responses = [withEvents('Page_Create', 'Draft_Publish'), '', '', withEvents()];
	const run = await runOperation(removeWebhookEvents, { webhook, events: ['*'] }, responses);
	expect(onlyItem(run).events).toEqual([]);
	const removed = [event('DELETE', 'page_create'), event('DELETE', 'draft_publish')];
	expect(run.calls).toEqual([GET, ...removed, GET]);
});
