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
import type { Fault, FaultEffect, Settings } from '../support/simulator/index.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, openSite, type Scene, useScenes } from '../support/integration/scene.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { expectNoSecretIn } from '../support/integration/secrets.mts';
import { elementAt } from '../support/present.mts';

useScenes();

const webhook = byId('1');

const doing = (operation: string, fields: IDataObject = {}): NodeRun => ({
	parameters: { resource: 'webhook', operation, ...fields },
});

/** The item of one operation on webhook 1, checked against its schema and for secrets. */
async function itemOf(scene: Scene, operation: string, fields: IDataObject = {}) {
	const items = await outputOf(scene.site, doing(operation, { webhook, ...fields }));
	expect(items).toHaveLength(1);
	expectSchema('webhook', operation, items);
	expectNoSecretIn(items, scene);
	return items[0]!;
}

it('Webhook: Get finds the webhook of a trigger by ID and by URL', async () => {
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
});

it('Webhook: Get refuses a URL of no webhook, and one of several', async () => {
	const site = await openSite();
	const url = 'https://example.com/webhook/a&b/webhook';
	const get = doing('get', { webhook: named('url', url) });
	expect((await refusalOf(site, get)).message).toBe('Expert has no webhook with this URL');
	for (const authorization of ['Bearer a', 'Bearer b']) site.addWebhook(url, authorization);
	const { message } = await refusalOf(site, get);
	expect(message).toBe('Expert has more than one webhook with this URL (IDs 1, 2)');
});

it('the list of webhooks names workflow and node where this process has served the address', async () => {
	const { site, host } = await openPublished();
	// A copy of the workflow in another n8n, at the same site.
	const copy = host.webhookUrl.replace(host.url, 'https://n8n.example.com');
	site.addWebhook(copy, 'Bearer of-the-copy');
	const list = async (filter = '') => (await searchList(site, 'searchWebhooks', { filter })).results;
	const first = { name: 'Test · CXone Expert Trigger (#1, on)', value: '1' };
	const second = { name: expect.stringMatching(/^#2, on: …\/[0-9a-f-]{36}$/), value: '2' };
	expect(await list()).toEqual([first, second]);
	for (const filter of ['expert trigger', host.url.replace('http://', '')]) expect(await list(filter)).toEqual([first]);
	host.row.node.name = 'Pages that somebody has just edited in the guides';
	await host.production.checkExists();
	site.disableWebhook(1);
	const renamed = 'Test · Pages that somebody has just edite… (#1, off)';
	expect(await list(' OFF ')).toEqual([{ name: renamed, value: '1' }]);
	await host.restart();
	expect(await list()).toEqual([{ name: expect.stringMatching(/^#1, off: …\/[0-9a-f-]{36}$/), value: '1' }, second]);
});

it('Webhook: Get Many filters by limit, by state and by this n8n', async () => {
	const { site } = await openPublished();
	for (const id of ['a', 'b']) {
		site.addWebhook(`http://127.0.0.1:5678/webhook/${id}/webhook`, 'Bearer of-this-n8n');
	}
	site.addWebhook('http://127.0.0.1:5678/webhook-test/c/webhook', 'Bearer of-this-n8n');
	site.disableWebhook(3);
	const ids = async (fields: IDataObject) => (await outputOf(site, doing('getMany', fields))).map(({ id }) => id);
	expect(await ids({ returnAll: true })).toEqual(['1', '2', '3', '4']);
	expect(await ids({ limit: 3 })).toEqual(['1', '2', '3']);
	expect(await ids({ options: { active: 'off' } })).toEqual(['3']);
	expect(await ids({ options: { active: 'on' } })).toEqual(['1', '2', '4']);
	expect(await ids({ options: { onlyThisInstance: true } })).toEqual(['2', '3']);
	const both = { onlyThisInstance: true, active: 'off' };
	expect(await ids({ limit: 1, options: both })).toEqual(['3']);
	expectSchema('webhook', 'getMany', await outputOf(site, doing('getMany')));
});

it.each<Partial<Settings>>([{}, { updateMissingFields: 'refuse' }, { putClearsEvents: true }])(
	'Webhook: Disable and Enable change the state and nothing else at a site with %j',
	async (settings) => {
		const scene = await openPublished({ site: settings });
		const { site } = scene;
		const [before] = site.webhooks();
		expect(await itemOf(scene, 'disable')).toMatchObject({ id: '1', active: false });
		expect(site.webhooks()).toEqual([{ ...before, active: false }]);
		expect(await itemOf(scene, 'enable')).toMatchObject({ id: '1', active: true });
		expect(site.webhooks()).toEqual([before]);
		expect((await send(scene, newDelivery(scene))).status).toBe(200);
	},
);

it('Webhook: Enable says that only the Dashboard can enable the webhook', async () => {
	const { site } = await openPublished({ site: { reenableByApi: false } });
	site.disableWebhook(1);
	const refusal = await refusalOf(site, doing('enable', { webhook }));
	expect(refusal.message).toMatch(/^Expert did not enable the webhook \(400\)/);
	expect(refusal.description).toMatch(/Dashboard only/);
});

/** A 200 for nothing. */
const BY_WORD: FaultEffect = { status: 200, body: 'empty' };
const BOTH = 'page_create, page_delete';

it.each<[when: string, lacking: string, match: Fault['match'], effect: FaultEffect]>([
	['the second event cannot be added', BOTH, { path: /events\//, nth: 2 }, { status: 500 }],
	['the site only says that it has added one', 'page_create', { path: /page_create/ }, BY_WORD],
	[
		'it cannot be read after the update',
		'Page_Create, Page_Delete',
		{ method: 'GET', path: /webhooks\/1$/, nth: 2 },
		{ status: 500 },
	],
])('Webhook: Enable names the events that the webhook may lack when %s', async (_when, lacking, match, effect) => {
	const { site } = await openPublished({ site: { putClearsEvents: true } });
	site.disableWebhook(1);
	site.apiCalls.length = 0;
	site.faults.add({ match, effect });
	const { description } = await refusalOf(site, doing('enable', { webhook }));
	expect(description).toContain(`The webhook may lack events now: ${lacking}.`);
});

it('Webhook: Enable loses no event when the response to the update is lost', async () => {
	const { site } = await openPublished({ site: { putClearsEvents: true } });
	const [before] = site.webhooks();
	site.disableWebhook(1);
	const match = { method: 'PUT', path: /\/webhooks\/1$/, times: 1 };
	site.faults.add({ match, effect: { reset: true, applyThenFail: true } });
	await refusalOf(site, doing('enable', { webhook }));
	expect(site.webhooks()).toEqual([before]);
});

it.each(['notFound', 'markedDeleted'] as const)(
	'Webhook: Delete removes a webhook, which is %s afterwards',
	async (afterDelete) => {
		const scene = await openPublished({ site: { afterDelete } });
		const url = scene.host.webhookUrl;
		expect(await itemOf(scene, 'delete')).toEqual({ id: '1', url, deleted: true });
		expect(scene.site.webhooks()).toEqual([]);
		const refusal = await refusalOf(scene.site, doing('delete', { webhook }));
		expect(refusal.message).toMatch(/^Expert does not have this webhook/);
	},
);

it('Webhook: Add Events adds events that are then delivered, and Remove Events removes them', async () => {
	const scene = await openPublished({ site: { unknownEventTypeStatus: 200 } });
	const { site } = scene;
	const additionalEvents = 'page:view, Page_Move';
	const fields = { events: ['page_create', 'user_create', 'other'], additionalEvents };
	const four = ['page_create', 'page_delete', 'user_create', 'page_view'];
	expect((await itemOf(scene, 'addEvent', fields)).events).toEqual([...four, 'page_move']);
	site.emit('user_create');
	await site.idle();
	expect(site.deliveries).toHaveLength(1);
	// Without "Unlisted Events", their names are not shown.
	const listed = { events: ['page_move', 'user_update'], additionalEvents: 'page_view' };
	expect((await itemOf(scene, 'removeEvent', listed)).events).toEqual(four);
	expect((await itemOf(scene, 'removeEvent', { events: ['*'] })).events).toEqual([]);
	expect((await itemOf(scene, 'addEvent', { events: ['*'] })).events).toHaveLength(27);
});

it.each([[], ['other']])('Webhook: Add Events refuses no events (%j) before any call', async (...events) => {
	const site = await openSite();
	const { message } = await refusalOf(site, doing('addEvent', { webhook, events }));
	expect(message).toContain('No events are chosen');
	expect(callsOf(site)).toEqual([]);
});

it('Webhook: Enable says why the site does not allow it', async () => {
	const { site } = await openPublished();
	const run = { ...doing('enable', { webhook }), credential: { longTermToken: site.editorJwt } };
	const refusal = await refusalOf(site, run);
	expect(refusal.message).toBe('The user of the token, "editor", does not have the Admin role');
	expect(refusal.description).toMatch(/^CXone Expert Trigger, webhooks and the archive need it/);
	// The same as where webhooks are not enabled.
	expect(refusal.description).not.toContain('The site said');
});

it.each<[string, IDataObject, string]>([
	['enable', {}, 'the webhook is still disabled'],
	['disable', {}, 'the webhook is still enabled'],
	['delete', {}, 'the webhook is still there'],
	['addEvent', { events: ['page_create', 'page_move'] }, 'did not register page_move'],
	['removeEvent', { events: ['page_delete'] }, 'page_delete is still registered'],
])('Webhook: %s refuses when the site reports success and does nothing', async (operation, fields, words) => {
	const { site } = await openPublished();
	if (operation === 'enable') site.disableWebhook(1);
	for (const method of ['PUT', 'DELETE']) site.faults.add({ match: { method }, effect: BY_WORD });
	const { message } = await refusalOf(site, doing(operation, { webhook, ...fields }));
	expect(message).toContain('Expert reported success, but');
	expect(message).toContain(words);
});

it.each<[string, IDataObject]>([
	['enable', {}],
	['addEvent', { events: ['page_create'] }],
	['removeEvent', { events: ['page_move'] }],
])('Webhook: %s sends no change where all is as wanted', async (operation, fields) => {
	const scene = await openPublished();
	const before = scene.site.apiCalls.length;
	expect(await itemOf(scene, operation, fields)).toMatchObject({ active: true });
	expect(scene.site.apiCalls.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
});

it('Webhook: Get Many reads only as many parts of the list as its limit needs', async () => {
	const site = await openSite();
	for (let number = 0; number < 150; number++) site.addWebhook(`https://example.com/${number}`, 'Bearer a');
	const parts = async (fields: IDataObject) => {
		const before = site.apiCalls.length;
		await outputOf(site, doing('getMany', fields));
		return site.apiCalls.slice(before).filter(({ path }) => path.endsWith('/webhooks')).length;
	};
	const few = await parts({ returnAll: false, limit: 5 });
	expect(few).toBeLessThan(await parts({ returnAll: true }));
});
