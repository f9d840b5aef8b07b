import { expect, it } from 'vitest';
import { eventTypes, type Simulator } from '../support/simulator/index.mts';
import { expectAdvice, failureOf } from '../support/integration/advice.mts';
import { log } from '../support/integration/log.mts';
import { register } from '../support/integration/foreign.mts';
import { openScene, useScenes } from '../support/integration/scene.mts';
import { elementAt } from '../support/present.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';

useScenes();

it('publish registers exactly the chosen events, once each', async () => {
	const { site, host } = await openScene({
		parameters: { events: ['page_create', 'pagecontent_update', 'page_create'] },
	});
	await host.production.publish();
	expect(site.webhooks()).toEqual([
		expect.objectContaining({
			url: host.webhookUrl,
			active: true,
			events: ['Page_Create', 'PageContent_Update'],
		}),
	]);
});

it('publish registers all 27 events for "All Events"', async () => {
	const { site, host } = await openScene({ parameters: { events: ['*'] } });
	await host.production.publish();
	const webhook = elementAt(site.webhooks(), 0);
	expect(eventTypes).toHaveLength(27);
	expect([...webhook.events].sort()).toEqual(eventTypes.map(({ header }) => header).sort());
});

it('publish registers an additional event that the list does not contain, in any spelling', async () => {
	const { site, host } = await openScene({
		parameters: {
			events: ['page_create', 'other'],
			additionalEvents: 'draft:publish, PAGE_CREATE, page.content:view',
		},
		site: { unknownEventTypeStatus: 200 },
	});
	await host.production.publish();
	expect(elementAt(site.webhooks(), 0).events).toEqual([
		'Page_Create',
		'draft_publish',
		'pagecontent_view',
	]);
	await expectUpToDate({ site, host });
});

it('publish names the additional event that the site does not know, and leaves nothing behind', async () => {
	const scene = await openScene({
		parameters: { events: ['page_create', 'other'], additionalEvents: 'page_createe' },
	});
	const error = await failureOf(scene.host.production.publish());
	expectAdvice(error, scene);
	expect(error.message).toMatch(/^Your Expert site does not know the event "page_createe"/);
	expect(scene.site.webhooks()).toEqual([]);
});

it("publish registers the user's own delivery token as it is", async () => {
	const { site, host } = await openScene({ credential: { deliveryToken: 'Basic dXNlcjpwYXNz' } });
	await host.production.publish();
	expect(elementAt(site.webhooks(), 0).authorizationHeader).toBe('Basic dXNlcjpwYXNz');
	await expectUpToDate({ site, host });
});

it('publish and unpublish log what they did', async () => {
	const { host } = await openScene();
	await host.production.publish();
	await host.production.unpublish();
	expect(log.of('info')).toEqual([
		expect.stringMatching(/webhook 1 registered: 2 event types/),
		expect.stringMatching(/webhook 1 removed/),
	]);
});

/** The first list after the registration does not show it. */
function listLate(site: Simulator): void {
	site.faults.add({
		match: { method: 'GET', path: /\/webhooks$/, nth: 3, times: 1 },
		effect: { status: 200, body: { raw: '<webhooks/>' } },
	});
}

it('publish finds the webhook that the response names when the list is late', async () => {
	const { site, host } = await openScene();
	register(site, 'https://other.example.com/hook');
	listLate(site);
	await host.production.publish();
	expect(site.webhooks()).toMatchObject([
		{ id: 1 },
		{ url: host.webhookUrl, active: true, events: ['Page_Create', 'Page_Delete'] },
	]);
});

it.each([
	['names the wrong one', 1],
	['names one that does not exist', 7],
])(
	'publish changes no other webhook when the response %s and the list is late',
	async (_what, id) => {
		const { site, host } = await openScene();
		register(site, 'https://other.example.com/hook');
		const foreign = elementAt(site.webhooks(), 0);
		site.faults.add({
			match: { method: 'POST' },
			effect: {
				status: 201,
				body: { raw: `<webhook><id>${id}</id></webhook>` },
				applyThenFail: true,
			},
		});
		listLate(site);
		const error = await failureOf(host.production.publish());
		expect(error.message).toMatch(/register the webhook/);
		expect(site.webhooks()).toEqual([foreign]);
	},
);
