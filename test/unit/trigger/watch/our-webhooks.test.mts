import { expect, it } from 'vitest';

import type { DesiredWebhook } from '../../../../nodes/CxoneExpert/shared/webhook-sync.ts';
import { readOurWebhooks } from '../../../../nodes/CxoneExpert/trigger/watch/our-webhooks.ts';
import { type StoredWebhook, WebhookSite } from '../../../support/unit/webhook-site.mts';

const desired: DesiredWebhook = {
	url: 'https://n8n.example.com/webhook/a/webhook',
	authorization: 'Bearer x',
	events: ['page_create'],
};

function siteWith(...webhooks: Array<Partial<StoredWebhook>>): WebhookSite {
	const site = new WebhookSite();
	for (const changed of webhooks) site.add({ ...desired, ...changed });
	return site;
}

/** An entry of the list that lacks what the webhook itself has. */
const SHORTENED = `<webhooks><webhook><id>1</id><webhook-url>${desired.url}</webhook-url><active>true</active></webhook></webhooks>`;

it('a look at a webhook that is as it should be reads the list alone', async () => {
	const site = siteWith({});
	expect(await readOurWebhooks(site.client, desired)).toMatchObject({ value: [{ id: '1' }] });
	expect(new Set(site.calls)).toEqual(new Set(['GET /webhooks']));
});

it('a look at a site without our webhook finds none', async () => {
	const site = siteWith({ url: 'https://n8n.example.com/webhook/b/webhook' });
	expect(await readOurWebhooks(site.client, desired)).toEqual({ ok: true, value: [] });
});

it('a look reads the webhook itself when its entry in the list is shortened', async () => {
	const site = siteWith({});
	site.replyOnce('GET /webhooks', { body: SHORTENED });
	expect(await readOurWebhooks(site.client, desired)).toMatchObject({
		value: [{ authorization: 'Bearer x', events: ['page_create'] }],
	});
});

it('a look finds none when the webhook has gone since it was listed', async () => {
	const site = siteWith({ events: [] });
	site.replyOnce('GET /webhooks/1', { status: 404 });
	expect(await readOurWebhooks(site.client, desired)).toEqual({ ok: true, value: [] });
});

it('a look finds both webhooks with our address', async () => {
	const site = siteWith({}, {});
	expect(await readOurWebhooks(site.client, desired)).toMatchObject({
		value: [{ id: '1' }, { id: '2' }],
	});
	expect(site.writes).toEqual([]);
});

it.each(['GET /webhooks', 'GET /webhooks/1'])('a look returns the failure of %s', async (call) => {
	const site = siteWith({ events: [] });
	site.replyOnce(call, { status: 403 });
	expect(await readOurWebhooks(site.client, desired)).toMatchObject({
		ok: false,
		failure: { status: 403 },
	});
});
