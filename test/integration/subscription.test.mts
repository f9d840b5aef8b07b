import { expect, it } from 'vitest';
import { failureOf } from '../support/integration/advice.mts';
import { expectResponse, newDelivery, send } from '../support/integration/delivery.mts';
import { register } from '../support/integration/foreign.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, openScene, useScenes } from '../support/integration/scene.mts';
import { elementAt } from '../support/present.mts';
import { eventTypes, sendDelivery, type Settings } from '../support/simulator/index.mts';

/* What publishing and unpublishing do at the site. Every fault at every call: test/tables/subscription-faults.test.mts. */

useScenes();

it.each<[events: string[], additionalEvents: string, registered: string[]]>([
	[['page_create', 'page_move', 'page_create'], '', ['Page_Create', 'Page_Move']],
	// This site takes any event, and so the one that not all sites have.
	[['*'], '', [...eventTypes.map(({ header }) => header), 'draft_publish']],
	[
		['page_create', 'other'],
		'draft:publish, PAGE_CREATE, page.content:view',
		['Page_Create', 'draft_publish', 'pagecontent_view'],
	],
])(
	'publish registers each of the events %j with the additional "%s" once',
	async (events, additionalEvents, registered) => {
		const { site, host } = await openScene({
			parameters: { events, additionalEvents },
			site: { unknownEventTypeStatus: 200 },
		});
		await host.production.publish();
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
		expect(elementAt(site.webhooks(), 0).events.toSorted()).toEqual(registered.toSorted());
		await expectUpToDate({ site, host });
	},
);

it('publish changes no other webhook when the list is late and the response names that one', async () => {
	const { site, host } = await openScene();
	register(site, 'https://other.example.com/hook');
	const [foreign] = site.webhooks();
	const raw = '<webhook><id>1</id></webhook>';
	const effect = { status: 201, body: { raw }, applyThenFail: true };
	site.faults.add({ match: { method: 'POST' }, effect });
	site.faults.add({
		match: { method: 'GET', path: /\/webhooks$/, nth: 3, times: 1 },
		effect: { status: 200, body: { raw: '<webhooks/>' } },
	});
	const error = await failureOf(host.production.publish());
	expect(error.message).toMatch(/register the webhook/);
	expect(site.webhooks()).toEqual([foreign]);
});

it('publish adds and removes only the difference when the chosen events change', async () => {
	const { site, host } = await openPublished();
	host.row.node.parameters.events = ['page_delete', 'page_move'];
	site.apiCalls.length = 0;
	await host.production.publish();
	expect(elementAt(site.webhooks(), 0).events).toEqual(['Page_Delete', 'Page_Move']);
	const writes = site.apiCalls.filter(({ method }) => method !== 'GET');
	expect(writes.map(({ method, path }) => `${method} ${path.toLowerCase()}`)).toEqual([
		'PUT /@api/deki/webhooks/1/events/page_move',
		'DELETE /@api/deki/webhooks/1/events/page_create',
	]);
});

it('publish enables a webhook that Expert has disabled, and logs how often it failed', async () => {
	const { site, host } = await openPublished();
	host.store = () => Promise.reject(new Error('database is down'));
	site.emit('page_create');
	await site.idle();
	expect(site.webhooks()).toMatchObject([{ active: false, consecutiveFailures: 3 }]);
	await host.production.publish();
	expect(site.webhooks()).toMatchObject([{ id: 1, active: true }]);
	expect(log.of('warn').at(-1)).toBe(
		'CXone Expert webhook 1 was disabled by Expert after 3 failed deliveries in a row (reason 1). It is enabled again. Events of the time in between were not delivered.',
	);
});

it('publish makes a new webhook where the API does not enable the old one, at the second try', async () => {
	const { site, host } = await openPublished({ site: { reenableByApi: false } });
	site.disableWebhook(1);
	await expect(host.production.publish()).rejects.toThrow(/Dashboard/);
	await host.production.publish();
	expect(site.webhooks()).toMatchObject([{ id: 2, active: true }]);
});

it.each<Settings['webhookUrlSpelling']>(['slashAtEnd', 'hostInCapitals', 'withPort', 'encoded'])(
	'publish and unpublish recognise the URL as the site has rewritten it (%s)',
	async (webhookUrlSpelling) => {
		const { site, host } = await openScene({ site: { webhookUrlSpelling } });
		host.url = 'https://n8n.example.com/a-b';
		await host.production.publish();
		await expectUpToDate({ site, host });
		expect(elementAt(site.webhooks(), 0).url).not.toBe(host.webhookUrl);
		await host.production.unpublish();
		expect(site.webhooks()).toEqual([]);
	},
);

it('unpublish needs nothing that only publishing needs, logs what it did, and succeeds again', async () => {
	const { site, host } = await openPublished();
	host.row.node.parameters.events = [];
	const credential = { ...host.credential(), signingSecret: '', deliveryToken: 'odd' };
	host.credential = () => credential;
	await host.production.unpublish();
	await host.production.unpublish();
	expect(site.webhooks()).toEqual([]);
	expect(log.of('info')).toEqual([
		expect.stringMatching(/webhook 1 registered: 2 event types/),
		expect.stringMatching(/webhook 1 removed/),
	]);
});

it('a delivery runs in each test, is recorded nowhere, and runs in production afterwards', async () => {
	const scene = await openPublished();
	const { site, host } = scene;
	const delivery = newDelivery(scene);
	const before = host.row.staticData;
	for (let test = 0; test < 2; test++) {
		await host.test.publish();
		const { authorizationHeader: authorization } = elementAt(site.webhooks(), 1);
		const parts = { ...delivery, authorization, secret: site.signingSecret };
		expectResponse(await sendDelivery(host.testUrl, parts), 200);
		await host.test.unpublish();
	}
	await host.idle();
	expect(host.row.staticData).toBe(before);
	expectResponse(await send(scene, delivery), 200);
	expect(host.executions.map(({ isTest }) => isTest)).toEqual([true, true, false]);
	expect(host.items.every((item) => !('redelivered' in item))).toBe(true);
});
