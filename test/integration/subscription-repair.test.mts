import { expect, it } from 'vitest';
import type { FaultEffect, Settings } from '../support/simulator/index.mts';
import { change } from '../support/integration/foreign.mts';
import { log } from '../support/integration/log.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { elementAt } from '../support/present.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';

useScenes();

/** Publishing again leaves one webhook that is as it was before it. */
async function expectHealing(scene: Scene, damage: () => Promise<void> | void): Promise<void> {
	const { site, host } = scene;
	const { url, authorizationHeader, events, id } = elementAt(site.webhooks(), 0);
	await damage();
	await host.production.publish();
	expect(site.webhooks()).toEqual([
		expect.objectContaining({
			id,
			url,
			authorizationHeader,
			active: true,
			events: expect.any(Array),
		}),
	]);
	expect(new Set(elementAt(site.webhooks(), 0).events)).toEqual(new Set(events));
	await expectUpToDate({ site, host });
}

const present = (url: string, authorization: string, active = true) =>
	`<webhook><webhook-url>${url}</webhook-url><authorization-header>${authorization}</authorization-header><active>${active}</active></webhook>`;

it.each<[what: string, damage: (scene: Scene) => Promise<void> | void]>([
	[
		'the authorization header',
		({ site, host }) =>
			change(site, 'PUT', '1', present(host.webhookUrl, 'Bearer changed-by-hand')),
	],
	[
		'an authorization header without a value',
		async ({ site, host }) => {
			const events = elementAt(site.webhooks(), 0).events;
			const whole = `<webhook><id>1</id><webhook-url>${host.webhookUrl}</webhook-url><active>true</active><authorization-header/><events>${events.map((event) => `<event><event-type>${event}</event-type></event>`).join('')}</events></webhook>`;
			const lists = [
				[/webhooks$/, `<webhooks>${whole}</webhooks>`],
				[/webhooks\/1$/, whole],
			] as const;
			for (const [path, raw] of lists)
				site.faults.add({
					match: { method: 'GET', path, times: 1 },
					effect: { status: 200, body: { raw } },
				});
		},
	],
	['a missing event', ({ site }) => change(site, 'DELETE', '1/events/page_delete')],
	['an extra event', ({ site }) => change(site, 'PUT', '1/events/page_move')],
	['a webhook that was disabled by hand', ({ site }) => site.disableWebhook(1)],
	[
		'everything at once',
		async ({ site, host }) => {
			await change(site, 'DELETE', '1/events/page_delete');
			await change(site, 'PUT', '1/events/page_move');
			await change(site, 'PUT', '1', present(host.webhookUrl, 'Bearer x', false));
		},
	],
])('publish repairs %s', async (_what, damage) => {
	const scene = await openPublished();
	await expectHealing(scene, async () => await damage(scene));
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
	const scene = await openPublished();
	const { site, host } = scene;
	const { authorizationHeader } = elementAt(site.webhooks(), 0);
	host.store = () => Promise.reject(new Error('database is down'));
	site.emit('page_create');
	await site.idle();
	expect(site.webhooks()[0]).toMatchObject({ active: false, consecutiveFailures: 3 });
	host.store = async () => {};
	await host.production.publish();
	expect(site.webhooks()).toEqual([
		expect.objectContaining({ id: 1, active: true, authorizationHeader }),
	]);
	expect(log.of('warn').at(-1)).toBe(
		'CXone Expert webhook 1 was disabled by Expert after 3 failed deliveries in a row (reason 1). It is enabled again. Events of the time in between were not delivered.',
	);
	expect((await send(scene, newDelivery(scene))).status).toBe(200);
});

it('publish says so when the API does not enable the webhook', async () => {
	const { site, host } = await openPublished({ site: { reenableByApi: false } });
	site.disableWebhook(1);
	// n8n removes the webhook after the failed create; publishing again makes a new one.
	await expect(host.production.publish()).rejects.toThrow(/Dashboard/);
	await host.production.publish();
	expect(site.webhooks()).toEqual([expect.objectContaining({ id: 2, active: true })]);
});

it('publish treats a webhook that is only marked as deleted as removed', async () => {
	const { site, host } = await openPublished({ site: { afterDelete: 'markedDeleted' } });
	await change(site, 'DELETE', '1');
	await host.production.publish();
	expect(site.webhooks()).toEqual([expect.objectContaining({ id: 2, active: true })]);
	await host.production.unpublish();
	await host.production.unpublish();
	expect(site.webhooks()).toEqual([]);
});

it.each<[what: string, settings: Partial<Settings>, effect?: FaultEffect]>([
	['contains only the id', { createResponseFull: false }],
	[
		'has another root and the id only',
		{ createResponseRoot: 'created', createResponseFull: false },
	],
	['is empty', {}, { status: 201, body: 'empty', applyThenFail: true }],
])('publish accepts a 201 response that %s', async (_what, settings, effect) => {
	const { site, host } = await openScene({ site: settings });
	if (effect !== undefined) site.faults.add({ match: { method: 'POST' }, effect });
	await host.production.publish();
	expect(site.webhooks()).toEqual([
		expect.objectContaining({ url: host.webhookUrl, events: ['Page_Create', 'Page_Delete'] }),
	]);
});
