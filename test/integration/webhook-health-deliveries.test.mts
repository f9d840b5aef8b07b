import type { IDataObject } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendDelivery } from '../support/simulator/index.mts';
import { outputOf } from '../support/integration/action-node.mts';
import { newDelivery, send } from '../support/integration/delivery.mts';
import { ranTogether, startBurst } from '../support/integration/burst.mts';
import { change } from '../support/integration/foreign.mts';
import { instanceSettings } from '../support/integration/n8n.mts';
import { itemsPassedOn } from '../support/integration/host.mts';
import {
	credentialFor,
	openPublished,
	PATIENT,
	type Scene,
	useScenes,
} from '../support/integration/scene.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { expectNoSecretIn } from '../support/integration/secrets.mts';
import { Watch } from '../support/integration/watch.mts';

useScenes();
afterEach(() => {
	instanceSettings.instanceType = 'main';
	vi.useRealTimers();
});

const CHECK_HEALTH = { resource: 'webhook', operation: 'checkHealth' };

/** What Check Health says of the scene's webhook. */
async function healthOf(
	scene: Scene,
	credential = credentialFor(scene.site),
	fields: IDataObject = {},
) {
	const options = { webhookUrl: scene.host.url };
	const items = await outputOf(scene.site, {
		parameters: { ...CHECK_HEALTH, options, ...fields },
		credential,
	});
	expectSchema('webhook', 'checkHealth', items);
	expectNoSecretIn(items, scene);
	const [item] = items as Array<IDataObject & { deliveries: IDataObject; findings: string[] }>;
	return item!;
}

describe('figures of deliveries', () => {
	it('each kind of delivery is counted', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		await send(scene, delivery);
		await send(scene, delivery);
		await send(scene, newDelivery(scene, { type: 'page_move' }));
		await send(scene, newDelivery(scene), { secret: 'whsec_other' });
		await send(scene, newDelivery(scene), { authorization: undefined });
		const last = newDelivery(scene);
		await send(scene, last);
		const { deliveries, findings } = await healthOf(scene);
		expect(deliveries).toEqual({
			process: 'main',
			since: new Date(performance.timeOrigin).toISOString(),
			...{ accepted: 2, duplicates: 1, filtered: 1 },
			refused: { 'signature wrong': 1, 'authorization missing': 1 },
			...{ toldToRetry: {}, late: 0, repaired: 0, recovered: 0 },
			...{ p50Ms: expect.any(Number), p95Ms: expect.any(Number) },
			lastDelivery: { at: expect.stringMatching(/Z$/), deliveryId: last.deliveryId },
			lastRefusal: {
				at: expect.stringMatching(/Z$/),
				deliveryId: expect.any(String),
				...{ reason: 'authorization missing', status: 401 },
			},
		});
		expect(findings).toEqual([]);
	});

	it('a trigger without a credential that can be read is a finding', async () => {
		const scene = await openPublished({ site: { autoDisableAfter: 100, retries: 0, ...PATIENT } });
		scene.host.readCredential = () => Promise.reject(new Error('no such credential'));
		vi.useFakeTimers({ toFake: ['performance'] });
		vi.advanceTimersByTime(60_000);
		scene.site.emit('page_create');
		await scene.site.idle();
		vi.useRealTimers();
		const { deliveries, findings } = await healthOf(scene);
		expect(deliveries.toldToRetry).toEqual({ 'not handled': 1 });
		expect(findings).toContainEqual(
			expect.stringContaining('because the trigger could not work with its credential'),
		);
	});

	it('each of several deliveries in one execution is accepted, and the execution is found by each', async () => {
		const additionalOptions = { deliveriesPerExecution: 'severalWhenBusy' };
		const scene = await openPublished({ parameters: { additionalOptions } });
		const burst = await startBurst(scene, 3);
		burst.saving.open();
		await Promise.all(burst.responses);
		vi.useRealTimers();
		await scene.host.idle();
		expect(ranTogether(scene).map((ids) => ids.length)).toEqual([1, 3]);
		const [first, ...others] = burst.deliveries.map(({ deliveryId }) => deliveryId);
		expect(scene.host.highlighted).toMatchObject([
			{ deliveryId: first },
			{ deliveryId: others.join(', '), deliveries: '3' },
		]);
		expect((await healthOf(scene)).deliveries).toMatchObject({ accepted: 4, duplicates: 0 });
	});

	it('repairs of the trigger are counted', async () => {
		const scene = await openPublished();
		const watch = await Watch.start(scene.host);
		await watch.tick();
		expect((await healthOf(scene)).deliveries).toMatchObject({ repaired: 0 });
		await change(scene.site, 'DELETE', '1');
		await watch.anotherTick();
		expect((await healthOf(scene)).deliveries).toMatchObject({ repaired: 1 });
	});

	it.each<[string, (scene: Scene) => () => void, string]>([
		[
			'a token without the Admin role',
			({ host, site }) => {
				const { credential } = host;
				host.credential = () => ({ ...credential(), longTermToken: site.readerJwt });
				return () => void (host.credential = credential);
			},
			'The user of the token, "reader", does not have the Admin role',
		],
		[
			'a site that cannot be reached',
			({ site }) => {
				site.faults.add({ effect: { status: 502 } });
				return () => site.faults.clear();
			},
			'The Expert site could not be reached',
		],
		[
			'a credential that cannot be read',
			({ host }) => {
				host.readCredential = async () => await Promise.reject(new Error('database is down'));
				return () => void (host.readCredential = async () => {});
			},
			'The credential of the trigger could not be read',
		],
	])(
		'a check of the trigger that fails for %s is a finding and not healthy until the next one works',
		async (_why, fail, message) => {
			const scene = await openPublished();
			const watch = await Watch.start(scene.host);
			const credential = credentialFor(scene.site);
			for (const tick of [watch.tick.bind(watch), watch.anotherTick.bind(watch)]) {
				const heal = fail(scene);
				await tick();
				heal();
				expect(await healthOf(scene, credential)).toMatchObject({
					healthy: false,
					findings: [expect.stringContaining(`The last check of this webhook failed: ${message}`)],
				});
			}
			await watch.anotherTick();
			expect(await healthOf(scene, credential)).toMatchObject({ healthy: true, findings: [] });
		},
	);

	it('a check that failed is no finding once the workflow is published again', async () => {
		const scene = await openPublished();
		const watch = await Watch.start(scene.host);
		scene.site.faults.add({ effect: { status: 502 } });
		await watch.tick();
		scene.site.faults.clear();
		expect(await healthOf(scene)).toMatchObject({ healthy: false });
		await watch.close();
		await scene.host.production.publish();
		expect(await healthOf(scene)).toMatchObject({ healthy: true, findings: [] });
	});

	it('a test event is not counted, neither as accepted nor as refused', async () => {
		const scene = await openPublished();
		const { site, host } = scene;
		await host.test.publish();
		const test = site.webhooks().find(({ url }) => url === host.testUrl)!;
		const { authorizationHeader: authorization } = test;
		const genuine = { authorization, secret: site.signingSecret };
		await sendDelivery(host.testUrl, { ...newDelivery(scene), ...genuine });
		await sendDelivery(host.testUrl, { ...newDelivery(scene), ...genuine, secret: 'whsec_other' });
		await host.idle();
		expect(host.executions).toHaveLength(2);
		await host.test.unpublish();
		expect((await healthOf(scene)).deliveries).toMatchObject({ accepted: 0, refused: {} });
	});

	it.each([
		['webhook', 'webhook'],
		['worker', 'worker'],
		['something new', 'this process'],
		[undefined, 'this process'],
	])('figures in a process that n8n calls %s are those of "%s"', async (instanceType, process) => {
		const scene = await openPublished();
		Object.assign(instanceSettings, { instanceType });
		expect((await healthOf(scene)).deliveries.process).toBe(process);
	});

	it('the address of the webhook may be spelled in another way at the site', async () => {
		const scene = await openPublished({ site: { webhookUrlSpelling: 'slashAtEnd' } });
		const authorization = scene.site.webhooks()[0]!.authorizationHeader;
		const secret = scene.site.signingSecret;
		await sendDelivery(scene.host.webhookUrl, { ...newDelivery(scene), authorization, secret });
		expect((await healthOf(scene)).deliveries).toMatchObject({ accepted: 1 });
	});
});

describe('the trigger that a webhook belongs to', () => {
	const owner = ({ host: { row } }: Scene) => ({
		workflow: { id: row.id, name: 'Test' },
		node: { id: row.node.id, name: row.node.name },
	});

	it.each<[string, (scene: Scene) => Promise<unknown>]>([
		['has started and serves it', async ({ host }) => await host.production.checkExists()],
		[
			'has run an event, as a worker does',
			async ({ host }) => await itemsPassedOn(host, [{ json: { deliveryId: 'd' } }], 'webhook'),
		],
	])('workflow and node are named once the process %s, and not before', async (_case, meet) => {
		const scene = await openPublished();
		await scene.host.restart();
		const before = await healthOf(scene);
		expect(before).not.toHaveProperty('workflow');
		expect(before).not.toHaveProperty('node');
		await meet(scene);
		expect(await healthOf(scene)).toMatchObject(owner(scene));
	});

	it('workflow and node have the names with which they were published last', async () => {
		const scene = await openPublished();
		scene.host.row.node.name = 'Pages';
		await scene.host.production.publish();
		expect(await healthOf(scene)).toMatchObject({ node: { name: 'Pages' } });
	});

	it('a webhook of another n8n is not named after the copy of its workflow here', async () => {
		const scene = await openPublished();
		const elsewhere = { options: { webhookUrl: 'https://n8n.example.com/webhook/' } };
		const item = await healthOf(scene, undefined, { webhooks: 'one', webhook: '1', ...elsewhere });
		expect(item).toMatchObject({ id: '1' });
		expect(item).not.toHaveProperty('workflow');
	});
});

describe('findings about deliveries', () => {
	it('refusals in a row are a finding with the reason and what to do', async () => {
		const scene = await openPublished();
		await send(scene, newDelivery(scene));
		await send(scene, newDelivery(scene), { authorization: 'Bearer other' });
		const last = newDelivery(scene);
		await send(scene, last, { secret: 'whsec_other' });
		const { findings, deliveries, healthy } = await healthOf(scene);
		expect(findings).toEqual([
			expect.stringMatching(
				new RegExp(
					`^n8n has refused the last 2 deliveries, the latest \\(${last.deliveryId} at .*Z\\) because its signature does not match the Signing Secret\\. Enter the Signing Secret`,
				),
			),
		]);
		expect(deliveries.refusedInARow).toBe(2);
		expect(healthy).toBe(true);
	});

	it('refusals that are over are no finding', async () => {
		const scene = await openPublished();
		await send(scene, newDelivery(scene), { secret: 'whsec_other' });
		await send(scene, newDelivery(scene));
		expect((await healthOf(scene)).findings).toEqual([]);
	});

	/** Expert has disabled the webhook, and n8n has been started again since. */
	async function disabledBeforeTheStart(): Promise<Scene> {
		const scene = await openPublished({ site: PATIENT });
		await send(scene, newDelivery(scene));
		scene.host.store = () => Promise.reject(new Error('database is down'));
		scene.site.emit('page_create');
		await scene.site.idle();
		scene.host.store = async () => {};
		await scene.host.restart();
		return scene;
	}

	const DASHBOARD = expect.stringContaining(
		'If it shows 401 for them, the Signing Secret in the credential is wrong',
	);

	it.each(['main', 'worker'])(
		'failures of which a %s process has seen nothing: the Dashboard and the logs of other processes tell of them',
		async (instanceType) => {
			const scene = await disabledBeforeTheStart();
			instanceSettings.instanceType = instanceType;
			expect((await healthOf(scene)).findings).toEqual([
				expect.stringContaining('Expert has disabled it'),
				DASHBOARD,
				expect.stringMatching(/arrive in the webhook processes, .*: read their logs/),
			]);
		},
	);

	it('failures in a process that takes deliveries: nothing is said of other processes', async () => {
		const scene = await disabledBeforeTheStart();
		await send(scene, newDelivery(scene));
		expect((await healthOf(scene)).findings).toEqual([
			expect.stringContaining('Expert has disabled it'),
			DASHBOARD,
		]);
	});

	it('late responses are a finding once deliveries fail', async () => {
		const scene = await openPublished({ site: { retries: 0, deliveryTimeoutMs: 100 } });
		scene.host.store = async () => await new Promise((resolve) => setTimeout(resolve, 1500));
		await send(scene, newDelivery(scene));
		expect((await healthOf(scene)).findings).toEqual([]);
		scene.site.emit('page_create');
		await scene.site.idle();
		expect((await healthOf(scene)).findings).toContainEqual(
			expect.stringMatching(
				/told Expert .* to send a delivery again, because it was not done in time.*Several in a Burst/,
			),
		);
		await scene.host.idle();
	});
});

describe('jobs at the site', () => {
	it('a running import explains silence', async () => {
		const scene = await openPublished();
		scene.site.site.bulkImport(3, { pause: true });
		expect(await healthOf(scene)).toMatchObject({
			healthy: true,
			runningJobs: [{ type: 'IMPORT', status: 'IN_PROGRESS', completed: 0, total: 3 }],
			findings: [
				'An import is running at the site (items done: 0 of 3). Expert can hold deliveries back until it is over.',
			],
		});
		scene.site.resumeDeliveries();
		await scene.site.idle();
		expect(await healthOf(scene)).toMatchObject({ runningJobs: [], findings: [] });
	});
});
