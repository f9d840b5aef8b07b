import { describe, expect, it } from 'vitest';

import { errorOf } from '../../../nodes/CxoneExpert/api/expert-error.ts';
import {
	type DesiredWebhook,
	findWebhooks,
	makeAsDesired,
	removeWebhooks,
} from '../../../nodes/CxoneExpert/shared/webhook-sync.ts';
import { type StoredWebhook, WebhookSite } from '../../support/unit/webhook-site.mts';

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

const idsOf = async (found: ReturnType<typeof findWebhooks>) => (await found).map(({ id }) => id);

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
		'findWebhooks throws what %s does',
		async (call) => {
			const site = siteWith({});
			site.replyOnce(call, { status: 403 });
			await expect(findWebhooks(site.client, URL_HERE, '7')).rejects.toMatchObject({ status: 403 });
		},
	);
});

describe('makeAsDesired', () => {
	it('makeAsDesired registers a webhook with its events when there is none', async () => {
		const site = siteWith();
		expect(await makeAsDesired(site.client, desired)).toEqual({ id: '1', created: true });
		expect([...site.webhooks.values()]).toEqual([upToDate]);
	});

	it('makeAsDesired changes nothing when the webhook is up to date', async () => {
		const site = siteWith({});
		expect(await makeAsDesired(site.client, desired)).toEqual({ id: '1', created: false });
		expect(site.writes).toEqual([]);
	});

	it('makeAsDesired repairs settings and events of the existing webhook', async () => {
		const site = siteWith({ authorization: 'Bearer y', events: ['page_copy', 'page_move'] });
		await makeAsDesired(site.client, desired);
		const [webhook] = site.webhooks.values();
		expect(webhook).toMatchObject({ authorization: 'Bearer x' });
		expect(webhook!.events.toSorted()).toEqual(desired.events);
	});

	it('makeAsDesired enables a disabled webhook and reports that it was disabled', async () => {
		const site = siteWith({ active: false });
		expect(await makeAsDesired(site.client, desired)).toEqual({
			id: '1',
			created: false,
			wasDisabled: expect.objectContaining({ active: false }),
		});
		expect(site.webhooks.get('1')).toMatchObject({ active: true });
	});

	it('makeAsDesired removes surplus webhooks with our URL and leaves all others', async () => {
		const site = siteWith({ url: URL_ELSEWHERE }, {}, {});
		expect(await makeAsDesired(site.client, desired)).toMatchObject({ id: '2' });
		expect([...site.webhooks.keys()]).toEqual(['1', '2']);
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
	])('makeAsDesired %s', async (_case, reply, attempts) => {
		const site = siteWith();
		site.replyOnce('POST /webhooks', reply);
		await errorOf(makeAsDesired(site.client, desired));
		expect(site.calls.filter((call) => call === 'POST /webhooks')).toHaveLength(attempts);
		expect(site.webhooks.size).toBe(1);
	});

	it('makeAsDesired does not register again when it cannot tell whether the webhook exists', async () => {
		const site = siteWith();
		site.replyOnce('GET /webhooks', EMPTY_LIST);
		site.replyOnce('POST /webhooks', BUSY);
		site.replyOnce('GET /webhooks', { status: 500 });
		await expect(makeAsDesired(site.client, desired)).rejects.toMatchObject({ status: 503 });
		expect(site.writes).toEqual(['POST /webhooks']);
	});

	it('makeAsDesired fails when the site does not show the webhook that it registered', async () => {
		const site = siteWith();
		site.replyOnce('POST /webhooks', { status: 201 });
		await expect(makeAsDesired(site.client, desired)).rejects.toMatchObject({
			kind: 'unexpected',
			message: expect.stringContaining('register the webhook'),
		});
	});

	it('makeAsDesired names the events that the site did not register', async () => {
		const site = siteWith();
		site.replyOnce('PUT /webhooks/1/events/page_move', {});
		await expect(makeAsDesired(site.client, desired)).rejects.toMatchObject({
			...{ kind: 'unexpected', message: expect.stringContaining('set up the webhook') },
			detail: 'Not registered: page_move.',
		});
	});

	it('makeAsDesired fails when the site leaves the webhook disabled', async () => {
		const site = siteWith({ active: false });
		site.replyOnce('PUT /webhooks/1', {});
		await expect(makeAsDesired(site.client, desired)).rejects.toMatchObject({
			kind: 'unexpected',
			message: expect.stringContaining('enable the webhook'),
		});
	});

	it.each([
		['GET /webhooks', 'list the webhooks'],
		['GET /webhooks/1', 'read the webhook'],
		['PUT /webhooks/1', 'update the webhook'],
		['PUT /webhooks/1/events/page_move', 'add the event'],
		['DELETE /webhooks/1/events/page_copy', 'remove the event'],
		['DELETE /webhooks/2', 'remove the webhook'],
	])('makeAsDesired throws what %s does', async (call, doing) => {
		const site = siteWith({ active: false, events: ['page_copy', 'page_create'] }, {});
		site.replyOnce(call, { status: 403 });
		await expect(makeAsDesired(site.client, desired)).rejects.toMatchObject({
			status: 403,
			message: expect.stringContaining(doing),
		});
	});
});

describe('removeWebhooks', () => {
	it('removeWebhooks removes every webhook with our URL and leaves all others', async () => {
		const site = siteWith({}, { url: URL_ELSEWHERE }, {});
		expect(await removeWebhooks(site.client, URL_HERE)).toEqual(['1', '3']);
		expect([...site.webhooks.keys()]).toEqual(['2']);
	});

	it('removeWebhooks succeeds when no webhook exists', async () => {
		const site = siteWith({ url: URL_ELSEWHERE });
		expect(await removeWebhooks(site.client, URL_HERE)).toEqual([]);
		expect(site.writes).toEqual([]);
	});

	it('removeWebhooks fails when the site keeps the webhook although it said otherwise', async () => {
		const site = siteWith({});
		site.replyOnce('DELETE /webhooks/1', {});
		await expect(removeWebhooks(site.client, URL_HERE)).rejects.toMatchObject({
			kind: 'unexpected',
			message: expect.stringContaining('remove the webhook'),
		});
	});

	it.each([
		['GET /webhooks', 'list the webhooks'],
		['DELETE /webhooks/1', 'remove the webhook'],
	])('removeWebhooks throws what %s does', async (call, doing) => {
		const site = siteWith({});
		site.replyOnce(call, { status: 500 });
		await expect(removeWebhooks(site.client, URL_HERE)).rejects.toMatchObject({
			status: 500,
			message: expect.stringContaining(doing),
		});
	});
});
