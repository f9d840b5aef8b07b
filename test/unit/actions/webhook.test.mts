import { describe, expect, it } from 'vitest';
import type { IExecuteFunctions } from 'n8n-workflow';

import { addWebhookEvents } from '../../../nodes/CxoneExpert/actions/webhook/add-event.operation.ts';
import { deleteWebhook } from '../../../nodes/CxoneExpert/actions/webhook/delete.operation.ts';
import { disableWebhook } from '../../../nodes/CxoneExpert/actions/webhook/disable.operation.ts';
import { enableWebhook } from '../../../nodes/CxoneExpert/actions/webhook/enable.operation.ts';
import { getWebhook } from '../../../nodes/CxoneExpert/actions/webhook/get.operation.ts';
import { removeWebhookEvents } from '../../../nodes/CxoneExpert/actions/webhook/remove-event.operation.ts';
import { updateWebhook } from '../../../nodes/CxoneExpert/actions/webhook/update.operation.ts';
import { type Operation, OperationContext } from '../../../nodes/CxoneExpert/actions/operation.ts';
import {
	onlyItem,
	refusalOf,
	runOperation,
	type StubResponse,
} from '../../support/unit/stub-site.mts';
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
} from '../../support/unit/webhook-samples.mts';
import type { ExpertSite } from '../../../nodes/CxoneExpert/actions/site.ts';
import {
	addressOfOurs,
	beginsWith,
	expectedAuthorization,
	urlHere,
	webhookAddress,
} from '../../../nodes/CxoneExpert/actions/webhook/this-n8n.ts';
import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { deliveryAuthorization } from '../../../nodes/CxoneExpert/shared/delivery-token.ts';

const moved = 'https://example.com/webhook/a&b/webhook';

const toMoved = { updateFields: { url: moved } };
const renewed = { updateFields: { authorization: 'renew' } };
const twoEvents = { events: ['page_create', 'page_move'] };
const IGNORED = [SAMPLE, '', SAMPLE];
const NOT_CHANGED = 'does not have the requested values';

it.each<[string, Operation, object, StubResponse[], string]>([
	['Enable', enableWebhook, {}, [OFF, SAMPLE, OFF], 'the webhook is still disabled'],
	['Disable', disableWebhook, {}, IGNORED, 'the webhook is still enabled'],
	['Delete', deleteWebhook, {}, IGNORED, 'the webhook is still there'],
	['Add Events', addWebhookEvents, twoEvents, IGNORED, 'did not register page_move'],
	['Remove', removeWebhookEvents, { events: ['page_delete'] }, IGNORED, 'is still registered'],
	['A move', updateWebhook, toMoved, [SAMPLE, list(SAMPLE), SAMPLE, SAMPLE], NOT_CHANGED],
	['A renewal', updateWebhook, renewed, [SAMPLE, SAMPLE, SAMPLE], NOT_CHANGED],
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

const at = (url: string) => ({ updateFields: { url } });
const NOT_THERE = 'Expert cannot deliver to';

it.each<[string, Operation, object, string]>([
	['no events', addWebhookEvents, {}, 'No events are chosen'],
	['other events without a name', addWebhookEvents, { events: ['other'] }, 'No events are'],
	['no change', updateWebhook, { updateFields: {} }, 'No change is entered'],
	['a URL without https', updateWebhook, at('http://example.com'), `${NOT_THERE} "http://ex`],
	['a URL that is none', updateWebhook, at('example.com'), `${NOT_THERE} "example.com"`],
	['a URL with a password', updateWebhook, at('https://a:b@example.com'), NOT_THERE],
])('an operation refuses %s before any call', async (_case, operation, fields, words) => {
	const { message, calls } = await refusalOf(operation, { webhook, ...fields });
	expect(message).toContain(words);
	expect(calls).toEqual([]);
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

/** A run in an n8n whose `$execution` is this. */
function runWith($execution: unknown): OperationContext {
	const n8n = {
		getWorkflowDataProxy: () => ({ $execution }),
	} as unknown as IExecuteFunctions;
	return new OperationContext(n8n, {} as ExpertSite, 0);
}

it.each([
	['https://n8n.example.com/webhook-waiting/231', 'https://n8n.example.com/webhook/'],
	['https://n8n.example.com/webhook-waiting/231?signature=a/b', 'https://n8n.example.com/webhook/'],
	['https://example.com/n8n/webhook-waiting/231', 'https://example.com/n8n/webhook/'],
	['http://localhost:5678/hold/__UNKNOWN__', 'http://localhost:5678/webhook/'],
])('webhookAddress derived from %s is %s', (resumeUrl, address) => {
	expect(webhookAddress(runWith({ resumeUrl }))).toBe(address);
});

it.each([undefined, {}, { resumeUrl: '' }, { resumeUrl: 'webhook-waiting/1' }])(
	'webhookAddress refuses when n8n gives %j',
	($execution) => {
		expect(() => webhookAddress(runWith($execution))).toThrow('does not say at which address');
	},
);

it('addressOfOurs is the entered address, if any', () => {
	const resumeUrl = 'https://n8n.example.com/webhook-waiting/231';
	const entered = ' https://hooks.example.com/in ';
	expect(addressOfOurs(runWith({ resumeUrl }), entered)).toBe('https://hooks.example.com/in');
	expect(addressOfOurs(runWith(undefined), entered)).toBe('https://hooks.example.com/in');
	for (const nothing of ['', ' ', undefined, null]) {
		expect(addressOfOurs(runWith({ resumeUrl }), nothing)).toBe('https://n8n.example.com/webhook/');
	}
	for (const odd of ['hooks', 'https://', 'ftp://hooks.example.com']) {
		expect(() => addressOfOurs(runWith({ resumeUrl }), odd)).toThrow('is not a web address');
	}
});

describe('urlHere', () => {
	const run = runWith({ resumeUrl: 'https://n8n.example.com/webhook-waiting/231' });

	it.each([
		['https://n8n.example.com/webhook/a/webhook', ''],
		['https://N8N.example.com:443/webhook/a/webhook', ''],
		['https://someone:else@n8n.example.com/webhook/a/webhook', ''],
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com/webhook/a'],
	])('urlHere: %s leads to this n8n, with the entered address %j', (url, entered) => {
		expect(urlHere(run, url, entered)).toBe('https://n8n.example.com/webhook/a/webhook');
	});

	it('urlHere takes another path for webhooks from the entered address', () => {
		const url = 'https://n8n.example.com/hooks/a/webhook?b=c';
		expect(() => urlHere(run, url, '')).toThrow('does not lead to this n8n');
		expect(urlHere(run, url, 'https://n8n.example.com/hooks/')).toBe(url);
	});

	it.each([
		['https://elsewhere.example.com/webhook/a', ''],
		['https://elsewhere.example.com/webhook/a', 'https://elsewhere.example.com/webhook/'],
		['https://n8n.example.com.evil.example/webhook/a', ''],
		['https://n8n.example.com:8443/webhook/a', 'https://n8n.example.com:8443/webhook/'],
		['http://n8n.example.com/webhook/a', 'http://n8n.example.com/webhook/'],
		['https://n8n.example.com/webhook-test/a', ''],
		['https://n8n.example.com/webhook/../rest/a', ''],
		['https://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/b'],
		['', ''],
		['no address', ''],
	])('urlHere: %j does not lead to this n8n, whatever is entered (%j)', (url, entered) => {
		expect(() => urlHere(run, url, entered)).toThrow('does not lead to this n8n');
	});

	it('urlHere refuses when n8n does not say where it receives webhooks', () => {
		const entered = 'https://n8n.example.com/webhook/';
		expect(() => urlHere(runWith({}), `${entered}a`, entered)).toThrow('does not say at which');
	});
});

describe('beginsWith', () => {
	it.each([
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com/webhook/'],
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com/webhook'],
		['https://n8n.example.com/webhook/a/webhook', 'https://n8n.example.com'],
		['https://n8n.example.com/webhook/a/webhook', 'https://N8N.example.com:443/webhook/a/webhook'],
	])('beginsWith: %s begins with %s', (url, address) => {
		expect(beginsWith(url, address)).toBe(true);
	});

	it.each([
		['https://n8n.example.com/webhook-test/a', 'https://n8n.example.com/webhook'],
		['https://n8n.example.com/webhook/ab', 'https://n8n.example.com/webhook/a'],
		['https://n8n.example.com.evil.example/webhook/a', 'https://n8n.example.com'],
		['http://n8n.example.com/webhook/a', 'https://n8n.example.com/webhook/'],
		['', 'https://n8n.example.com/webhook/'],
	])('beginsWith: %s does not begin with %s', (url, address) => {
		expect(beginsWith(url, address)).toBe(false);
	});
});

const URL = 'https://n8n.example.com/webhook/a/webhook';

/** A site with this credential, and what it redacts from now on. */
function siteWith(credential: ExpertCredential) {
	const redacted: string[] = [];
	const redactFromNowOn = (authorization: string) => void redacted.push(authorization);
	return { site: { credential, redactFromNowOn } as unknown as ExpertSite, redacted };
}

it.each<[string, ExpertCredential]>([
	['that was entered', { deliveryToken: 'Bearer entered' }],
	['that is derived from the token', { longTermToken: 'the.j.wt' }],
])(
	'expectedAuthorization is the value %s, as the trigger has it, and is redacted',
	(_case, given) => {
		const { site, redacted } = siteWith(given);
		const authorization = expectedAuthorization(site, URL);
		expect(authorization).toBe(deliveryAuthorization(given, URL));
		expect(redacted).toEqual([authorization]);
	},
);
