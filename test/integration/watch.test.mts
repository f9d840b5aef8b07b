import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { FailureCause } from '../../nodes/CxoneExpert/api/node-error.ts';
import { change } from '../support/integration/foreign.mts';
import { log } from '../support/integration/log.mts';
import { newDelivery, send, expectResponse } from '../support/integration/delivery.mts';
import {
	openPublished,
	openScene,
	type Scene,
	type SceneOptions,
	serverTokenFor,
	useScenes,
} from '../support/integration/scene.mts';
import { expectNoSecretIn, expectNoSecretInLog } from '../support/integration/secrets.mts';
import { expectUpToDate } from '../support/integration/hooks.mts';
import { gate } from '../support/integration/gate.mts';
import { passTime } from '../support/integration/stop-time.mts';
import { Watch } from '../support/integration/watch.mts';
import { elementAt } from '../support/present.mts';

useScenes();

interface WatchedScene extends Scene {
	watch: Watch;
}

/** A published workflow whose watch has not ticked yet; the log is empty. */
async function openWatched(options: SceneOptions = {}): Promise<WatchedScene> {
	const scene = await openPublished(options);
	log.lines = [];
	return { ...scene, watch: await Watch.start(scene.host) };
}

const staticDataOf = ({ host }: Scene) => (host.row.loadStaticData().global ?? {}) as IDataObject;
const keyOf = ({ host }: Scene) => `cxoneExpertWatch:${host.row.node.id}`;
const eventsOf = ({ site }: Scene) => elementAt(site.webhooks(), 0).events.toSorted();
const EVENTS = ['Page_Create', 'Page_Delete'];

describe('when a check is made', () => {
	it.each([
		[5, /^\d{1,2} \* \* \* \* \*$/],
		[1, /^\d{1,2} \* \* \* \* \*$/],
		[0.5, /^\*\/30 \* \* \* \* \*$/],
		[0.05, /^\*\/3 \* \* \* \* \*$/],
	])('a check every %s minutes is registered with n8n as a cron', async (checkEvery, expected) => {
		const { watch } = await openWatched({ parameters: { additionalOptions: { checkEvery } } });
		expect(watch.expression).toMatch(expected);
	});

	it('a tick while a check is at work starts no second one', async () => {
		const { site, watch } = await openWatched();
		site.faults.add({ effect: { delayMs: 50 } });
		site.apiCalls.length = 0;
		await Promise.all([watch.tick(), watch.anotherTick(), watch.anotherTick()]);
		const lists = site.apiCalls.filter(({ query }) => query.offset === '0');
		expect(lists).toHaveLength(1);
	});

	it.each([
		['in a test', 'manual', {}],
		[
			"with 'Watch: Repair Webhook' and 'Watch: Recover Changes' off",
			'trigger',
			{ additionalOptions: { repairWebhook: false, recoverMissedChanges: false } },
		],
	] as const)('trigger() registers nothing and returns an object %s', async (_case, mode, parameters) => {
		const scene = await openPublished({ parameters });
		const context = Watch.contextOf(scene.host, mode);
		expect(await scene.host.loaded.trigger.trigger.call(context)).toEqual({});
	});

	it('trigger() returns an object and logs one line when n8n refuses the cron', async () => {
		const scene = await openPublished();
		log.lines = [];
		const context = Watch.contextOf(scene.host, 'trigger');
		context.helpers.registerCron = () => {
			throw new TypeError('no cron for whsec_test');
		};
		expect(await scene.host.loaded.trigger.trigger.call(context)).toEqual({});
		expect(log.of('error')).toEqual([expect.stringMatching(/cannot be watched \(TypeError\)/)]);
		expectNoSecretInLog(scene);
	});

	it('an ended watch asks nothing any more', async () => {
		const { site, watch } = await openWatched();
		await watch.close();
		site.apiCalls.length = 0;
		await watch.tick();
		expect(site.apiCalls).toEqual([]);
	});

	it('nothing is asked before n8n has published', async () => {
		const { site, host } = await openScene();
		const watch = await Watch.start(host);
		await watch.tick();
		expect(site.apiCalls).toEqual([]);
	});
});

describe('what a check repairs', () => {
	it('a deleted webhook is registered again', async () => {
		const scene = await openWatched();
		await change(scene.site, 'DELETE', '1');
		await scene.watch.tick();
		expect(scene.site.webhooks()).toMatchObject([{ id: 2, url: scene.host.webhookUrl, active: true }]);
		expect(eventsOf(scene)).toEqual(EVENTS);
		expect(log.of('warn')).toEqual([expect.stringMatching(/webhook 2 .* is registered again/)]);
		expect(scene.watch.failures).toEqual([]);
		expectNoSecretInLog(scene);
		expect((await send(scene, newDelivery(scene))).status).toBe(200);
	});

	it.each([
		['a removed event is added again', 'DELETE', '1/events/page_delete'],
		['a surplus event is removed', 'PUT', '1/events/page_move'],
	] as const)('%s', async (_case, method, path) => {
		const scene = await openWatched();
		await change(scene.site, method, path);
		await scene.watch.tick();
		expect(eventsOf(scene)).toEqual(EVENTS);
		expect(log.of('warn')).toEqual([
			expect.stringMatching(/did not match the workflow or its credential and is as it should be again/),
		]);
		await expectUpToDate(scene);
	});

	it.each([{}, { putClearsEvents: true }])(
		'a webhook that Expert has disabled is enabled, with all its events (%j)',
		async (site) => {
			const scene = await openWatched({ site });
			scene.site.disableWebhook(1, '1');
			await scene.watch.tick();
			expect(scene.site.webhooks()).toMatchObject([{ id: 1, active: true }]);
			expect(eventsOf(scene)).toEqual(EVENTS);
			expect(log.of('warn')).toEqual([expect.stringContaining('disabled by Expert (reason 1)')]);
		},
	);

	it('a new token in the credential reaches the site without a publish', async () => {
		const scene = await openWatched();
		const { host, site } = scene;
		const before = elementAt(site.webhooks(), 0).authorizationHeader;
		const credential = serverTokenFor(site);
		host.credential = () => credential;
		await scene.watch.tick();
		expect(elementAt(site.webhooks(), 0).authorizationHeader).not.toBe(before);
		expect((await send(scene, newDelivery(scene))).status).toBe(200);
	});

	it('a check of a webhook that is up to date changes and says nothing', async () => {
		const { site, watch } = await openWatched();
		site.apiCalls.length = 0;
		await watch.tick();
		expect(site.apiCalls.map(({ method, path }) => `${method} ${path}`)).toEqual([
			...['GET /@api/deki/webhooks', 'GET /@api/deki/webhooks'],
		]);
		expect(log.lines).toEqual([]);
		expect(watch.failures).toEqual([]);
	});
});

describe('what a check leaves alone', () => {
	it('a webhook that a person has disabled stays so, and makes one failed execution for each time', async () => {
		const { site, watch } = await openWatched();
		site.disableWebhook(1);
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(site.webhooks()).toMatchObject([{ active: false }]);
		expect(log.of('warn')).toEqual([expect.stringMatching(/and it stays disabled/)]);
		expect(watch.failures).toMatchObject([
			{
				message: 'The webhook is disabled at the site, so no event starts the workflow',
				description: expect.stringMatching(/"Webhook: Enable" or in the Expert Dashboard, or unpublish the workflow/),
				failure: { cause: 'configuration-invalid' },
			},
		]);
		site.enableWebhook(1);
		await watch.anotherTick();
		expect(log.of('info')).toEqual([expect.stringMatching(/up to date again/)]);
		site.disableWebhook(1);
		for (let check = 0; check < 2; check++) await watch.anotherTick();
		expect(watch.failures).toHaveLength(2);
	});

	it('a webhook that Expert disables again within an hour waits, longer each time, with one failed execution', async () => {
		const { site, watch } = await openWatched();
		site.disableWebhook(1, '1');
		await watch.tick();
		expect(site.webhooks()).toMatchObject([{ active: true }]);
		site.disableWebhook(1, '1');
		await watch.anotherTick();
		await watch.anotherTick();
		expect(site.webhooks()).toMatchObject([{ active: false }]);
		expect(watch.failures).toHaveLength(1);
		expect(watch.failures[0]).toMatchObject({
			message: 'Expert keeps disabling the webhook',
			description: expect.stringMatching(/See "Sizing"/),
			failure: { cause: 'temporarily-unavailable' },
		});
		await watch.anotherTick(15);
		expect(site.webhooks()).toMatchObject([{ active: true }]);
		site.disableWebhook(1, '1');
		await watch.anotherTick();
		expect(site.webhooks()).toMatchObject([{ active: false }]);
		// A person does, which makes the next pause no shorter.
		site.enableWebhook(1);
		await watch.anotherTick();
		site.disableWebhook(1, '1');
		await watch.anotherTick();
		await watch.anotherTick(50);
		expect(site.webhooks()).toMatchObject([{ active: false }]);
		expect(watch.failures).toHaveLength(1);
		await watch.anotherTick(15);
		expect(site.webhooks()).toMatchObject([{ active: true }]);
	});

	it.each<[why: string, meet: (scene: Scene) => Promise<unknown>, says: RegExp, cause: FailureCause]>([
		[
			'executions that n8n could not save',
			async (scene) => {
				scene.host.store = () => Promise.reject(new Error('disk is full'));
				await send(scene, newDelivery(scene));
			},
			/: n8n cannot save executions$/,
			'temporarily-unavailable',
		],
		[
			'a credential that n8n cannot read',
			async (scene) => {
				passTime(60_000);
				scene.host.readCredential = () => Promise.reject(new Error('wrong key'));
				await send(scene, newDelivery(scene));
				scene.host.readCredential = async () => {};
			},
			/: the trigger cannot handle its deliveries$/,
			'credential-invalid',
		],
		[
			'a response that came too late',
			async (scene) => {
				const storing = gate();
				scene.host.store = storing.wait;
				await send(scene, newDelivery(scene));
				storing.open();
				await scene.host.idle();
			},
			/: n8n responds too late$/,
			'temporarily-unavailable',
		],
		[
			'a wrong secret',
			async (scene) => await send(scene, newDelivery(scene), { secret: 'whsec_other' }),
			/: n8n refuses its deliveries, the last one because /,
			'credential-invalid',
		],
	])('a webhook that waits is put down to what failed since it was enabled: %s', async (_why, meet, says, cause) => {
		const { watch, ...scene } = await openWatched();
		for (const timestamp of ['1', '2']) await send(scene, newDelivery(scene), { timestamp });
		scene.site.disableWebhook(1, '1');
		await watch.tick();
		await meet(scene);
		scene.site.disableWebhook(1, '1');
		await watch.anotherTick();
		expect(watch.failures).toMatchObject([{ message: expect.stringMatching(says), failure: { cause } }]);
	});

	it('a site that enables nothing by API makes one failed execution that names the Dashboard', async () => {
		const { site, watch } = await openWatched({ site: { reenableByApi: false } });
		site.disableWebhook(1, '1');
		for (let check = 1; check <= 4; check++) await watch.anotherTick();
		expect(site.webhooks()).toMatchObject([{ active: false }]);
		expect(watch.failures).toHaveLength(1);
	});
});

it("a check with 'Watch: Repair Webhook' off repairs nothing, and one line says so", async () => {
	const additionalOptions = { repairWebhook: false };
	const { site, watch } = await openWatched({ parameters: { additionalOptions } });
	await change(site, 'DELETE', '1');
	await watch.tick();
	await watch.anotherTick();
	expect(site.webhooks()).toEqual([]);
	expect(log.of('warn')).toEqual([expect.stringMatching(/not as it should be.*'Watch: Repair Webhook' is off/)]);
	expect(watch.failures).toEqual([]);
});

describe('a site that cannot be asked', () => {
	it('an outage of the site makes one failed execution after three checks, and one line', async () => {
		const { site, watch } = await openWatched();
		site.faults.add({ effect: { status: 500 } });
		await watch.tick();
		await watch.anotherTick();
		expect(watch.failures).toEqual([]);
		expect(log.of('warn')).toEqual([]);
		await watch.anotherTick();
		await watch.anotherTick();
		expect(watch.failures).toHaveLength(1);
		expect(log.of('warn')).toHaveLength(1);
		site.faults.clear();
		await watch.anotherTick();
		expect(log.of('info')).toEqual([expect.stringMatching(/up to date again/)]);
	});

	type End = (scene: Scene) => unknown;
	const expire: End = ({ site }) => site.expireTokens();
	const demote: End = ({ site }) => (site.site.users.admin.role = 'Contributor');
	const takeAway: End = ({ site }) => (site.settings.webhooksFeature = false);
	const NO_TOKEN = /^The site does not accept the token$/;
	const NO_ADMIN = /^The user of the token, "admin", does not have the Admin role$/;
	const NO_WEBHOOKS = /^Webhooks are not enabled for the site$/;

	it.each<[why: string, SceneOptions['site'], End, says: RegExp, cause: FailureCause]>([
		['wrong token', {}, expire, NO_TOKEN, 'credential-invalid'],
		['refused token', { refuseBadTokens: true }, expire, NO_TOKEN, 'credential-invalid'],
		['user who is no admin any more', {}, demote, NO_ADMIN, 'configuration-invalid'],
		['site without webhooks', {}, takeAway, NO_WEBHOOKS, 'configuration-invalid'],
	])('a check that is refused names the cause first: a %s', async (_why, site, end, says, cause) => {
		const scene = await openWatched({ site: site ?? {} });
		end(scene);
		scene.site.apiCalls.length = 0;
		await scene.watch.tick();
		expect(scene.watch.failures).toMatchObject([{ message: expect.stringMatching(says), failure: { cause } }]);
		const calls = scene.site.apiCalls.filter(({ isAuthenticated }) => isAuthenticated);
		expect(calls.map(({ path }) => path)).toEqual(['/@api/deki/webhooks', '/@api/deki/users/current']);
		expectNoSecretIn(scene.watch.failures, scene);
	});

	it('a credential that cannot be read makes a failed execution after three checks, without what n8n says', async () => {
		const { host, watch } = await openWatched();
		host.readCredential = async () => await Promise.reject(new Error('whsec_test'));
		await watch.tick();
		await watch.anotherTick();
		expect(watch.failures).toEqual([]);
		await watch.anotherTick();
		expect(watch.failures).toMatchObject([
			{
				message: 'The credential of the trigger could not be read',
				failure: { cause: 'credential-invalid' },
			},
		]);
		expect(log.lines.map(({ all }) => all).join()).not.toContain('whsec_test');
	});
});

describe('deliveries that are refused', () => {
	/** Sends deliveries that are refused, one after the other. */
	async function refuse(scene: Scene, count: number): Promise<void> {
		for (let sent = 0; sent < count; sent++)
			expectResponse(await send(scene, newDelivery(scene), { secret: 'whsec_of-another' }), 401);
		await scene.host.idle();
	}

	it('a check after ten in a row makes one failed execution that says why and what to do', async () => {
		const scene = await openWatched();
		await refuse(scene, 9);
		await scene.watch.tick();
		expect(scene.watch.failures).toEqual([]);
		await refuse(scene, 1);
		for (let check = 0; check < 3; check++) await scene.watch.anotherTick();
		expect(scene.watch.failures).toMatchObject([
			{
				message:
					'n8n has refused 10 deliveries in a row, the last one because its signature does not match the Signing Secret',
				description: expect.stringMatching(/^Enter the Signing Secret .* n8n responded 401 to /),
			},
		]);
		expectNoSecretIn(scene.watch.failures[0], scene);
		expectNoSecretInLog(scene);
	});

	it('what other processes refuse is told by the count of the site', async () => {
		const scene = await openWatched({ site: { autoDisableAfter: 50, retries: 0 } });
		const { host, site, watch } = scene;
		const fail = async () => {
			host.isAway = true;
			site.emit('page_create');
			await site.idle();
			host.isAway = false;
			await watch.anotherTick();
		};
		await fail();
		await watch.anotherTick();
		expect(watch.failures).toEqual([]);
		await fail();
		await fail();
		expect(watch.failures).toMatchObject([
			{ message: 'Expert has counted 2 deliveries in a row that did not get through' },
		]);
	});
});

describe('unpublishing while a check is at work', () => {
	it.each([
		['lists the webhooks', 'GET', /\/webhooks$/, 1],
		['registers it', 'POST', /\/webhooks$/, 1],
		['adds its events', 'PUT', /\/events\//, 1],
		['reads it at the end', 'GET', /\/webhooks\/\d+$/, 2],
	] as const)('unpublish leaves nothing when the check just %s', async (_case, method, path, nth) => {
		const { site, host, watch } = await openWatched();
		await change(site, 'DELETE', '1');
		site.apiCalls.length = 0;
		site.faults.add({ match: { method, path, nth }, effect: { delayMs: 300 } });
		const tick = watch.tick();
		await expect.poll(() => seen(site, method, path)).toBeGreaterThanOrEqual(nth);
		// n8n calls both at the same time, or, before version 2.41, ends the watch in the end.
		await host.production.unpublish();
		await watch.close();
		await tick;
		expect(site.webhooks()).toEqual([]);
		expect(watch.failures).toEqual([]);
		expect(log.of('warn')).toEqual([]);
	});

	it('publishing again while a check is at work leaves one webhook', async () => {
		const scene = await openWatched();
		const { site, host, watch } = scene;
		await change(site, 'DELETE', '1');
		site.faults.add({ match: { method: 'POST' }, effect: { delayMs: 300 } });
		const tick = watch.tick();
		await expect.poll(() => seen(site, 'POST', /\/webhooks$/)).toBe(2);
		await host.production.publish();
		await tick;
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
		expect(eventsOf(scene)).toEqual(EVENTS);
	});

	it('the end of a test does not end the watch, and its webhook is left alone', async () => {
		const { site, host, watch } = await openWatched();
		await host.test.publish();
		await watch.tick();
		expect(site.webhooks().map(({ url }) => url)).toEqual([host.webhookUrl, host.testUrl]);
		await host.test.unpublish();
		await change(site, 'DELETE', '1');
		await watch.anotherTick();
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
	});

	function seen(site: Scene['site'], method: string, path: RegExp): number {
		return site.apiCalls.filter((call) => call.method === method && path.test(call.path)).length;
	}
});

describe('the registered address', () => {
	it('publish stores the address, and a delivery stores it again when it was lost', async () => {
		const scene = await openWatched();
		const stored = { registeredUrl: scene.host.webhookUrl };
		expect(staticDataOf(scene)[keyOf(scene)]).toMatchObject(stored);
		scene.host.row.staticData = '{"global":{"other":1}}';
		await send(scene, newDelivery(scene));
		expect(staticDataOf(scene)).toMatchObject({ other: 1, [keyOf(scene)]: stored });
	});

	it('a process that takes over goes by the stored address, not by what it knew before', async () => {
		const scene = await openPublished();
		const { host, site } = scene;
		await change(site, 'DELETE', '1');
		host.url = 'https://n8n.example.com';
		const stored = { registeredUrl: host.webhookUrl };
		host.row.staticData = JSON.stringify({ global: { [keyOf(scene)]: stored } });
		await host.production.checkExists('leadershipChange');
		const watch = await Watch.start(host, 'leadershipChange');
		await watch.tick();
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
	});

	it.each<[string, url: string | undefined, stored: string | undefined, says: RegExp]>([
		['at another address', 'https://staging.example.com', undefined, /another address/],
		['whose stored data was lost', undefined, '{}', /no record/],
		['with something else in place of it', undefined, '{"registeredUrl":7}', /no record/],
	])('an n8n %s registers nothing by itself, and says so once', async (_case, url, stored, says) => {
		const scene = await openPublished();
		const { host, site } = scene;
		host.url = url ?? host.url;
		if (stored !== undefined) host.row.staticData = `{"global":{${JSON.stringify(keyOf(scene))}:${stored}}}`;
		const watch = await Watch.restart(host);
		await change(site, 'DELETE', '1');
		log.lines = [];
		await watch.tick();
		await watch.anotherTick();
		expect(site.webhooks()).toEqual([]);
		expect(log.of('warn')).toEqual([expect.stringMatching(says)]);
		expect(watch.failures).toHaveLength(url === undefined ? 1 : 0);
	});

	it("a workflow that n8n's command line has published makes one failed execution that says what to do", async () => {
		const { host, site } = await openScene();
		const watch = await Watch.restart(host);
		await watch.tick();
		await watch.anotherTick();
		expect(site.webhooks()).toEqual([]);
		expect(watch.failures).toMatchObject([
			{
				message: 'The webhook is not at the site, and n8n has no record of registering it',
				description: expect.stringMatching(/unpublish the workflow and publish it again/),
			},
		]);
		await host.production.unpublish();
		await host.production.publish();
		expect(site.webhooks()).toMatchObject([{ url: host.webhookUrl, active: true }]);
	});

	it('a copy of n8n makes no failed execution when the site refuses its token', async () => {
		const { host, site } = await openPublished();
		host.url = 'https://staging.example.com';
		const watch = await Watch.restart(host);
		site.faults.add({ effect: { status: 403 } });
		await watch.tick();
		expect(watch.failures).toEqual([]);
	});

	it('an n8n that has come to an address that Expert could never call makes one failed execution', async () => {
		const { host } = await openPublished();
		host.url = 'https://127.0.0.1:5678';
		const credential = { ...host.credential(), siteUrl: 'https://expert.example.com' };
		host.credential = () => credential;
		const watch = await Watch.restart(host);
		for (let check = 0; check < 3; check++) await watch.anotherTick();
		expect(watch.failures).toMatchObject([
			{
				message: 'Expert can only call an https address that it can reach',
				description: expect.stringContaining(`${host.url}/webhook/`),
			},
		]);
	});

	it('trigger() writes no static data', async () => {
		const scene = await openPublished();
		const before = staticDataOf(scene);
		const context = Watch.contextOf(scene.host, 'trigger', 'init');
		await scene.host.loaded.trigger.trigger.call(context);
		expect(JSON.parse(JSON.stringify(context.getWorkflowStaticData('global')))).toEqual(before);
		expect(context.getWorkflowStaticData('global').__dataChanged).not.toBe(true);
	});
});

it('a check says that the workflow has been moved to an engine on which events would be lost', async () => {
	const scene = await openPublished();
	scene.host.row.settings = { engineType: 'v2' };
	const watch = await Watch.restart(scene.host);
	await watch.tick();
	expect(watch.failures.map(({ message }) => message)).toEqual([
		expect.stringContaining("The workflow runs on n8n's Engine 2.0, on which events would be lost"),
	]);
});
