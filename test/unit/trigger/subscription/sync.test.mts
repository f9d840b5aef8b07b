import { describe, expect, it } from 'vitest';

import type { DesiredWebhook } from '../../../../nodes/CxoneExpert/trigger/subscription/desired.ts';
import {
	findWebhooks,
	subscribe,
	unsubscribe,
} from '../../../../nodes/CxoneExpert/trigger/subscription/sync.ts';
import { type StoredWebhook, WebhookSite } from '../../../support/unit/webhook-site.mts';

const URL_HERE = 'https://n8n.example.com/webhook/a/webhook';
const URL_ELSEWHERE = 'https://n8n.example.com/webhook/b/webhook';
const desired: DesiredWebhook = {
	url: URL_HERE,
	authorization: 'Bearer x',
	events: ['page_create', 'page_move'],
};
const upToDate: StoredWebhook = { ...desired, active: true };

/** A site with these webhooks; each differs from the desired one only as given. */
function siteWith(...webhooks: Array<Partial<StoredWebhook>>): WebhookSite {
	const site = new WebhookSite();
	for (const changed of webhooks) site.add({ ...upToDate, ...changed });
	return site;
}

const idsOf = async (found: ReturnType<typeof findWebhooks>) => {
	const result = await found;
	return result.ok ? result.value.map(({ id }) => id) : undefined;
};

/** To be retried at once. */
const BUSY = { status: 503, headers: { 'retry-after': '0' } };
const EMPTY_LIST = { body: '<webhooks/>' };

describe('findWebhooks', () => {
	it('findWebhooks returns the webhooks with our URL, in any spelling', async () => {
		const { client } = siteWith({ url: URL_ELSEWHERE }, {}, { url: `${URL_HERE}/` });
		expect(await idsOf(findWebhooks(client, URL_HERE))).toEqual(['2', '3']);
	});

	it('findWebhooks also returns the named webhook when the list does not show it', async () => {
		const site = siteWith({});
		site.replyOnce('GET /webhooks', EMPTY_LIST);
		expect(await idsOf(findWebhooks(site.client, URL_HERE, '1'))).toEqual(['1']);
	});

	it('findWebhooks does not read the named webhook when the list shows it', async () => {
		const site = siteWith({});
		expect(await idsOf(findWebhooks(site.client, URL_HERE, '1'))).toEqual(['1']);
		expect(site.calls).not.toContain('GET /webhooks/1');
	});

	it.each([
		['has another URL', '1'],
		['does not exist', '7'],
	])('findWebhooks ignores the named webhook when it %s', async (_case, id) => {
		const { client } = siteWith({ url: URL_ELSEWHERE });
		expect(await idsOf(findWebhooks(client, URL_HERE, id))).toEqual([]);
	});

	it.each(['GET /webhooks', 'GET /webhooks/7'])(
		'findWebhooks returns the failure of %s',
		async (call) => {
			const site = siteWith({});
			site.replyOnce(call, { status: 403 });
			expect(await findWebhooks(site.client, URL_HERE, '7')).toMatchObject({
				ok: false,
				failure: { status: 403 },
			});
		},
	);
});

describe('subscribe', () => {
	it('subscribe registers a webhook with its events when there is none', async () => {
		const site = siteWith();
		expect(await subscribe(site.client, desired)).toEqual({
			ok: true,
			value: { id: '1', created: true },
		});
		expect([...site.webhooks.values()]).toEqual([upToDate]);
	});

	it('subscribe changes nothing when the webhook is up to date', async () => {
		const site = siteWith({});
		expect(await subscribe(site.client, desired)).toEqual({
			ok: true,
			value: { id: '1', created: false },
		});
		expect(site.writes).toEqual([]);
	});

	it('subscribe repairs settings and events of the existing webhook', async () => {
		const site = siteWith({ authorization: 'Bearer y', events: ['page_copy', 'page_move'] });
		expect(await subscribe(site.client, desired)).toMatchObject({ ok: true });
		const [webhook] = site.webhooks.values();
		expect(webhook).toMatchObject({ authorization: 'Bearer x' });
		expect(webhook!.events.toSorted()).toEqual(desired.events);
	});

	it('subscribe enables a disabled webhook and reports that it was disabled', async () => {
		const site = siteWith({ active: false });
		expect(await subscribe(site.client, desired)).toEqual({
			ok: true,
			value: { id: '1', created: false, wasDisabled: expect.objectContaining({ active: false }) },
		});
		expect(site.webhooks.get('1')).toMatchObject({ active: true });
	});

	it('subscribe removes surplus webhooks with our URL and leaves all others', async () => {
		const site = siteWith({ url: URL_ELSEWHERE }, {}, {});
		expect(await subscribe(site.client, desired)).toMatchObject({ ok: true, value: { id: '2' } });
		expect([...site.webhooks.keys()]).toEqual(['1', '2']);
	});

	it.each([
		['sure when the site refuses it', { status: 403 }, false],
		['uncertain after an internal error', { status: 500 }, true],
		['uncertain when the response is lost', { status: 0, networkCode: 'ETIMEDOUT' }, true],
	])('subscribe reports what remains of a registration as %s', async (_case, reply, uncertain) => {
		const site = siteWith();
		site.replyOnce('POST /webhooks', reply);
		expect(await subscribe(site.client, desired)).toMatchObject({
			ok: false,
			failure: { task: 'register-webhook' },
			remains: { isUncertain: uncertain },
		});
	});

	it.each([
		['registers again when a busy site has not registered the webhook', (): object => BUSY, 2],
		[
			'does not register again when a busy site has registered the webhook',
			(work: () => object) => {
				work();
				return BUSY;
			},
			1,
		],
	])('subscribe %s', async (_case, reply, attempts) => {
		const site = siteWith();
		site.replyOnce('POST /webhooks', reply);
		await subscribe(site.client, desired);
		expect(site.calls.filter((call) => call === 'POST /webhooks')).toHaveLength(attempts);
		expect(site.webhooks.size).toBe(1);
	});

	it('subscribe does not register again when it cannot tell whether the webhook exists', async () => {
		const site = siteWith();
		site.replyOnce('GET /webhooks', EMPTY_LIST);
		site.replyOnce('POST /webhooks', BUSY);
		site.replyOnce('GET /webhooks', { status: 500 });
		expect(await subscribe(site.client, desired)).toMatchObject({ failure: { status: 503 } });
		expect(site.writes).toEqual(['POST /webhooks']);
	});

	it('subscribe fails when the site does not show the webhook that it registered', async () => {
		const site = siteWith();
		site.replyOnce('POST /webhooks', { status: 201 });
		expect(await subscribe(site.client, desired)).toMatchObject({
			ok: false,
			failure: { kind: 'unexpected', task: 'register-webhook' },
			remains: { isUncertain: true },
		});
	});

	it('subscribe names the remaining webhook when the list fails after the registration', async () => {
		const site = siteWith();
		site.replyOnce('GET /webhooks', EMPTY_LIST);
		site.replyOnce('POST /webhooks', (work) => {
			work();
			return { status: 201, body: '<webhook><id>1</id></webhook>' };
		});
		site.replyOnce('GET /webhooks', { status: 500 });
		expect(await subscribe(site.client, desired)).toMatchObject({
			ok: false,
			failure: { task: 'list-webhooks' },
			remains: { id: '1', isUncertain: true },
		});
	});

	it('subscribe names the events that the site did not register', async () => {
		const site = siteWith();
		site.replyOnce('PUT /webhooks/1/events/page_move', {});
		expect(await subscribe(site.client, desired)).toEqual({
			ok: false,
			failure: {
				...{ kind: 'unexpected', task: 'set-up-webhook' },
				detail: 'Not registered: page_move.',
			},
			remains: { id: '1', isUncertain: false },
		});
	});

	it('subscribe fails when the site leaves the webhook disabled', async () => {
		const site = siteWith({ active: false });
		site.replyOnce('PUT /webhooks/1', {});
		expect(await subscribe(site.client, desired)).toEqual({
			ok: false,
			failure: { kind: 'unexpected', task: 'enable-webhook' },
		});
	});

	it.each([
		['GET /webhooks', 'list-webhooks'],
		['GET /webhooks/1', 'read-webhook'],
		['PUT /webhooks/1', 'update-webhook'],
		['PUT /webhooks/1/events/page_move', 'add-event'],
		['DELETE /webhooks/1/events/page_copy', 'remove-event'],
		['DELETE /webhooks/2', 'remove-webhook'],
	])('subscribe returns the failure of %s', async (call, task) => {
		const site = siteWith({ active: false, events: ['page_copy', 'page_create'] }, {});
		site.replyOnce(call, { status: 403 });
		expect(await subscribe(site.client, desired)).toMatchObject({
			ok: false,
			failure: { status: 403, task },
		});
	});
});

describe('unsubscribe', () => {
	it('unsubscribe removes every webhook with our URL and leaves all others', async () => {
		const site = siteWith({}, { url: URL_ELSEWHERE }, {});
		expect(await unsubscribe(site.client, URL_HERE)).toEqual({ ok: true, value: ['1', '3'] });
		expect([...site.webhooks.keys()]).toEqual(['2']);
	});

	it('unsubscribe succeeds when no webhook exists', async () => {
		const site = siteWith({ url: URL_ELSEWHERE });
		expect(await unsubscribe(site.client, URL_HERE)).toEqual({ ok: true, value: [] });
		expect(site.writes).toEqual([]);
	});

	it('unsubscribe removes the named webhook when the list does not show it', async () => {
		const site = siteWith({});
		site.replyOnce('GET /webhooks', EMPTY_LIST);
		expect(await unsubscribe(site.client, URL_HERE, '1')).toEqual({ ok: true, value: ['1'] });
		expect(site.webhooks.size).toBe(0);
	});

	it('unsubscribe fails when the site keeps the webhook although it said otherwise', async () => {
		const site = siteWith({});
		site.replyOnce('DELETE /webhooks/1', {});
		expect(await unsubscribe(site.client, URL_HERE)).toMatchObject({
			ok: false,
			failure: { kind: 'unexpected', task: 'remove-webhook' },
		});
	});

	it.each([
		['GET /webhooks', 'list-webhooks'],
		['DELETE /webhooks/1', 'remove-webhook'],
	])('unsubscribe returns the failure of %s', async (call, task) => {
		const site = siteWith({});
		site.replyOnce(call, { status: 500 });
		expect(await unsubscribe(site.client, URL_HERE)).toMatchObject({
			ok: false,
			failure: { status: 500, task },
		});
	});
});
