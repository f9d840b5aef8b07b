import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import {
	byId,
	callsOf,
	named,
	type NodeRun,
	outputOf,
	refusalOf,
	searchList,
} from '../support/integration/action-node.mts';
import type { FaultEffect } from '../support/simulator/index.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { change } from '../support/integration/foreign.mts';
import { openPublished, openSite, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { expectNoSecretIn } from '../support/integration/secrets.mts';
import { elementAt } from '../support/present.mts';

useScenes();

const one = byId('1');

const doing = (operation: string, fields: IDataObject = {}): NodeRun => ({
	parameters: { resource: 'webhook', operation, ...fields },
});

/** The item of one operation on webhook 1, checked against its schema and for secrets. */
async function itemOf(scene: Scene, operation: string, fields: IDataObject = {}) {
	const items = await outputOf(scene.site, doing(operation, { webhook: one, ...fields }));
	expect(items).toHaveLength(1);
	expectSchema('webhook', operation, items);
	expectNoSecretIn(items, scene);
	return items[0]!;
}

it('Get finds the webhook of a trigger by ID and URL, and the list offers it', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	const item = await itemOf(scene, 'get');
	expect(item).toEqual({
		...{ id: '1', guid: elementAt(site.webhooks(), 0).guid, url: host.webhookUrl, active: true },
		...{ events: ['page_create', 'page_delete'], consecutiveFailures: 0 },
		createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
	});
	const byUrl = named('url', host.webhookUrl);
	expect(await itemOf(scene, 'get', { webhook: byUrl })).toEqual(item);
	const { results } = await searchList(site, 'searchWebhooks');
	expect(results).toEqual([{ name: 'Test · CXone Expert Trigger (#1, on)', value: '1' }]);
});

it('the list of webhooks names workflow and node where this process has served the address', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	// A copy of the workflow in another n8n, at the same site.
	const copy = host.webhookUrl.replace(host.url, 'https://n8n.example.com');
	site.addWebhook(copy, 'Bearer of-the-copy');
	const list = async (filter?: string) =>
		(await searchList(site, 'searchWebhooks', filter === undefined ? {} : { filter })).results;
	const byAddress = { name: expect.stringMatching(/^#2, on: …\/[0-9a-f-]{36}$/), value: '2' };
	expect(await list()).toEqual([
		{ name: 'Test · CXone Expert Trigger (#1, on)', value: '1' },
		byAddress,
	]);
	expect(await list('expert trigger')).toHaveLength(1);
	expect(await list(host.url.replace('http://', ''))).toHaveLength(1);
	host.row.node.name = 'Pages that somebody has just edited in the guides';
	await host.production.checkExists();
	site.disableWebhook(1);
	expect(await list()).toEqual([
		{ name: 'Test · Pages that somebody has just edite… (#1, off)', value: '1' },
		byAddress,
	]);
	await host.restart();
	expect(await list()).toEqual([
		{ name: expect.stringMatching(/^#1, off: …\/[0-9a-f-]{36}$/), value: '1' },
		byAddress,
	]);
});

it('the list of webhooks can be searched by URL and shows which ones are off', async () => {
	const site = await openSite();
	site.addWebhook('https://a.example.com/Hook', 'Bearer a');
	site.addWebhook('https://b.example.com/hook', 'Bearer b');
	site.disableWebhook(2);
	const { results } = await searchList(site, 'searchWebhooks', { filter: ' B.example ' });
	expect(results).toEqual([{ name: '#2, off: b.example.com/hook', value: '2' }]);
	expect((await searchList(site, 'searchWebhooks', { filter: 'HOOK' })).results).toHaveLength(2);
	expect((await searchList(site, 'searchWebhooks', { filter: 'off' })).results).toEqual(results);
	const refused = searchList(site, 'searchWebhooks', {
		credential: { longTermToken: site.readerJwt },
	});
	await expect(refused).rejects.toThrow(
		'The user of the token, "reader", does not have the Admin role',
	);
});

it('Get Many filters by limit, by state and by this n8n', async () => {
	const { site } = await openPublished();
	for (const id of ['a', 'b']) {
		site.addWebhook(`http://127.0.0.1:5678/webhook/${id}/webhook`, 'Bearer of-this-n8n');
	}
	site.addWebhook('http://127.0.0.1:5678/webhook-test/c/webhook', 'Bearer of-this-n8n');
	site.disableWebhook(3);
	const ids = async (fields: IDataObject) =>
		(await outputOf(site, doing('getMany', fields))).map(({ id }) => id);
	expect(await ids({ returnAll: true })).toEqual(['1', '2', '3', '4']);
	expect(await ids({ limit: 3 })).toEqual(['1', '2', '3']);
	expect(await ids({ options: { active: 'off' } })).toEqual(['3']);
	expect(await ids({ options: { active: 'on' } })).toEqual(['1', '2', '4']);
	expect(await ids({ options: { onlyThisInstance: true } })).toEqual(['2', '3']);
	expect(await ids({ limit: 1, options: { onlyThisInstance: true, active: 'off' } })).toEqual([
		'3',
	]);
	expectSchema('webhook', 'getMany', await outputOf(site, doing('getMany')));
});

it('Get Many reads only as many pages of the list as it needs', async () => {
	const site = await openSite();
	for (let id = 1; id <= 205; id++) site.addWebhook(`https://x.example.com/${id}`, 'Bearer x');
	expect(await outputOf(site, doing('getMany', { returnAll: true }))).toHaveLength(205);
	expect(callsOf(site)).toHaveLength(4);
	expect(await outputOf(site, doing('getMany', { limit: 120 }))).toHaveLength(120);
	expect(callsOf(site)).toHaveLength(6);
});

it('Disable and Enable change the state of a webhook and nothing else', async () => {
	const scene = await openPublished();
	const { site } = scene;
	const [before] = site.webhooks();
	expect(await itemOf(scene, 'disable')).toMatchObject({ id: '1', active: false });
	expect(site.webhooks()).toEqual([{ ...before, active: false }]);
	expect(await itemOf(scene, 'enable')).toMatchObject({ id: '1', active: true });
	expect(site.webhooks()).toEqual([before]);
	expect((await send(scene, newDelivery(scene))).status).toBe(200);
});

it('Enable says that only the Dashboard can enable the webhook', async () => {
	const { site } = await openPublished({ site: { reenableByApi: false } });
	site.disableWebhook(1);
	const refusal = await refusalOf(site, doing('enable', { webhook: one }));
	expect(refusal.message).toMatch(/^Expert did not enable the webhook \(400\)/);
	expect(refusal.description).toMatch(/Dashboard only/);
});

it('Disable and Enable work when the site requires every field in an update', async () => {
	const scene = await openPublished({ site: { updateMissingFields: 'refuse' } });
	expect(await itemOf(scene, 'disable')).toMatchObject({ active: false });
	expect(await itemOf(scene, 'enable')).toMatchObject({ active: true });
});

it('Delete removes a webhook, whether the site then omits it or marks it as deleted', async () => {
	for (const afterDelete of ['notFound', 'markedDeleted'] as const) {
		const scene = await openPublished({ site: { afterDelete } });
		const url = scene.host.webhookUrl;
		expect(await itemOf(scene, 'delete')).toEqual({ id: '1', url, deleted: true });
		expect(scene.site.webhooks()).toEqual([]);
		const refusal = await refusalOf(scene.site, doing('delete', { webhook: one }));
		expect(refusal.message).toMatch(/^Expert does not have this webhook/);
	}
});

it('Add Events adds events that are then delivered, and Remove Events removes them', async () => {
	const scene = await openPublished({ site: { unknownEventTypeStatus: 200 } });
	const { site } = scene;
	const added = await itemOf(scene, 'addEvent', {
		events: ['page_create', 'user_create', 'other'],
		additionalEvents: 'page:view, Page_Move',
	});
	const four = ['page_create', 'page_delete', 'user_create', 'page_view'];
	expect(added.events).toEqual([...four, 'page_move']);
	site.emit('user_create');
	await site.idle();
	expect(site.deliveries).toHaveLength(1);
	const removed = await itemOf(scene, 'removeEvent', { events: ['page_move', 'user_update'] });
	expect(removed.events).toEqual(four);
	expect((await itemOf(scene, 'removeEvent', { events: ['*'] })).events).toEqual([]);
	expect(elementAt(site.webhooks(), 0).events).toEqual([]);
	expect((await itemOf(scene, 'addEvent', { events: ['*'] })).events).toHaveLength(27);
});

it('Add Events names the event that the site does not know', async () => {
	const { site } = await openPublished();
	const named = { events: ['other'], additionalEvents: 'no_such' };
	const refusal = await refusalOf(site, doing('addEvent', { webhook: one, ...named }));
	expect(refusal.message).toMatch(/^Your Expert site does not know the event "no_such"/);
});

it('Add Events does not take the names of a field that is not shown', async () => {
	const scene = await openPublished();
	const events = { events: ['page_move'], additionalEvents: 'no_such' };
	const added = await itemOf(scene, 'addEvent', events);
	expect(added.events).toEqual(['page_create', 'page_delete', 'page_move']);
});

it.each(['get', 'getMany', 'enable', 'delete', 'checkHealth'])(
	'Webhook: %s says why the site does not allow it',
	async (operation) => {
		const { site } = await openPublished();
		const fields = ['getMany', 'checkHealth'].includes(operation) ? {} : { webhook: one };
		const run = { ...doing(operation, fields), credential: { longTermToken: site.editorJwt } };
		const refusal = await refusalOf(site, run);
		expect(refusal.message).toBe('The user of the token, "editor", does not have the Admin role');
		expect(refusal.description).toMatch(/^CXone Expert Trigger, webhooks and the archive need it/);
		// The same as where webhooks are not enabled.
		expect(refusal.description).not.toContain('The site said');
		site.settings.webhooksFeature = false;
		const off = await refusalOf(site, doing(operation, fields));
		expect(off.message).toBe('Webhooks are not enabled for the site');
		expect(off.description).toMatch(/^Ask your NiCE contact/);
	},
);

it.each(['get', 'getMany', 'enable', 'delete', 'checkHealth'])(
	'Webhook: %s says that webhooks are not enabled where the site does not have the call',
	async (operation) => {
		const { site } = await openPublished();
		site.faults.add({ match: { path: '/webhooks' }, effect: { status: 404, body: 'noCall' } });
		const fields = ['getMany', 'checkHealth'].includes(operation) ? {} : { webhook: one };
		const refusal = await refusalOf(site, doing(operation, fields));
		expect(refusal.message).toBe('Webhooks are not enabled for the site');
	},
);

/** A 200 for nothing. */
const BY_WORD: FaultEffect = { status: 200, body: 'empty' };
const url = 'https://example.com/webhook/a&b/webhook';

it.each<[string, IDataObject, string]>([
	['enable', {}, 'the webhook is still disabled'],
	['disable', {}, 'the webhook is still enabled'],
	['delete', {}, 'the webhook is still there'],
	['addEvent', { events: ['page_create', 'page_move'] }, 'did not register page_move'],
	['removeEvent', { events: ['page_delete'] }, 'page_delete is still registered'],
])(
	'Webhook: %s refuses when the site reports success and does nothing',
	async (operation, fields, words) => {
		const { site } = await openPublished();
		if (operation === 'enable') site.disableWebhook(1);
		for (const method of ['PUT', 'DELETE']) site.faults.add({ match: { method }, effect: BY_WORD });
		const { message } = await refusalOf(site, doing(operation, { webhook: one, ...fields }));
		expect(message).toContain('Expert reported success, but');
		expect(message).toContain(words);
	},
);

it.each<[string, IDataObject]>([
	['enable', {}],
	['disable', {}],
	['addEvent', { events: ['page_create'] }],
	['removeEvent', { events: ['user_create'] }],
])('Webhook: %s sends nothing when the webhook is as wanted', async (operation, fields) => {
	const site = await openSite();
	site.addWebhook('https://n8n.example.com/webhook/a', 'Bearer a');
	await change(site, 'PUT', '1/events/page_create');
	if (operation === 'disable') site.disableWebhook(1);
	site.apiCalls.length = 0;
	await outputOf(site, doing(operation, { webhook: one, ...fields }));
	expect(callsOf(site)).toMatchObject([{ method: 'GET', path: '/@api/deki/webhooks/1' }]);
});

it.each<[string, string, IDataObject, string]>([
	['no events', 'addEvent', {}, 'No events are chosen'],
	['other events without a name', 'addEvent', { events: ['other'] }, 'No events are chosen'],
])('a webhook operation refuses %s before any call', async (_case, operation, fields, words) => {
	const site = await openSite();
	const { message } = await refusalOf(site, doing(operation, { webhook: one, ...fields }));
	expect(message).toContain(words);
	expect(callsOf(site)).toEqual([]);
});

it('Get refuses a URL of no webhook, and one of several', async () => {
	const site = await openSite();
	const get = doing('get', { webhook: { __rl: true, mode: 'url', value: url } });
	expect((await refusalOf(site, get)).message).toBe('Expert has no webhook with this URL');
	for (const authorization of ['Bearer a', 'Bearer b']) site.addWebhook(url, authorization);
	const { message } = await refusalOf(site, get);
	expect(message).toBe('Expert has more than one webhook with this URL (IDs 1, 2)');
});
