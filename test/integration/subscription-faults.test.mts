import { describe, expect, it } from 'vitest';
import { expectAdvice } from './support/advice.mts';
import { type NamedFault, lastingFaults, oneTimeFaults } from './support/faults.mts';
import { register } from './support/foreign.mts';
import { openScene, type Scene, useScenes } from './support/scene.mts';

useScenes();

/** What `create` asks the site for, in this order, when the webhook has two events. */
const CALLS_OF_CREATE = [
	'GET /webhooks',
	'POST /webhooks',
	'GET /webhooks',
	'GET /webhooks/2',
	'PUT /webhooks/2/events/page_create',
	'PUT /webhooks/2/events/page_delete',
	'GET /webhooks/2',
];

const FOREIGN = 'http://127.0.0.1:1/of-another-program';

/** A site with somebody else's webhook, and a fault for the call of `create` at one position. */
async function openWithFault(position: number, fault: NamedFault): Promise<Scene> {
	const scene = await openScene();
	await register(scene.site, FOREIGN);
	expect(await scene.host.production.checkExists()).toBe(false);
	const times = fault.lasts === true ? {} : { times: 1 };
	scene.site.faults.add({ match: { nth: position, ...times }, effect: fault.effect });
	return scene;
}

function ours({ site, host }: Scene) {
	return site.webhooks().filter(({ url }) => url === host.webhookUrl);
}

/** What must be true in the end, whatever has happened: published, and nobody else was touched. */
async function expectHealing(scene: Scene): Promise<void> {
	const { site, host } = scene;
	site.faults.clear();
	await host.production.publish();
	expect(ours(scene)).toEqual([
		expect.objectContaining({ active: true, events: expect.any(Array) }),
	]);
	expect([...ours(scene)[0].events].sort()).toEqual(['Page_Create', 'Page_Delete']);
	expect(await host.production.checkExists()).toBe(true);
	expect(site.webhooks().filter(({ url }) => url === FOREIGN)).toEqual([
		expect.objectContaining({ id: 1, active: true, events: [] }),
	]);
}

it('makes exactly the calls that the table below goes through', async () => {
	const { site, host } = await openScene();
	await register(site, FOREIGN);
	site.apiCalls.length = 0;
	await host.production.create();
	expect(site.apiCalls.map(({ method, path }) => `${method} ${path.slice(10)}`)).toEqual(
		CALLS_OF_CREATE,
	);
});

const positions = CALLS_OF_CREATE.map((call, index) => ({ call, position: index + 1 }));

describe.each(positions)('call $position of create ($call)', ({ position }) => {
	it.each(oneTimeFaults)('meets $name: nothing is left over, and it heals', async (fault) => {
		const scene = await openWithFault(position, fault);
		const error: unknown = await scene.host.production.create().then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		if (error === undefined) {
			// A second webhook would start the workflow twice for each event.
			expect(ours(scene)).toHaveLength(1);
			expect(await scene.host.production.checkExists()).toBe(true);
		} else {
			expectAdvice(error, scene);
			expect(ours(scene)).toEqual([]);
			expect(scene.host.production.warnings).toEqual([]);
		}
		await expectHealing(scene);
	});

	it.each(lastingFaults)('meets $name: it says what may be left, and heals', async (fault) => {
		const scene = await openWithFault(position, fault);
		const error: unknown = await scene.host.production.create().then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		expectAdvice(error, scene);
		const left = ours(scene);
		if (left.length > 0) expect((error as Error).message).toContain(scene.host.webhookUrl);
		expect(left.length).toBeLessThanOrEqual(1);
		for (const warning of scene.host.production.warnings) expectAdvice(warning, scene);
		await expectHealing(scene);
	});
});

it.each([
	['a 429', { status: 429, headers: { 'Retry-After': '0' } }],
	['a 503', { status: 503, headers: { 'Retry-After': '0' } }],
])('publishes in spite of %s with Retry-After at every call', async (_name, effect) => {
	const scene = await openScene();
	for (let call = 1; call <= 14; call += 2) {
		scene.site.faults.add({ match: { nth: call, times: 1 }, effect });
	}
	await scene.host.production.publish();
	expect(ours(scene)).toHaveLength(1);
});

it('takes back nothing when it has not come to writing anything', async () => {
	const scene = await openScene();
	await register(scene.site, scene.host.webhookUrl, 'Bearer of-the-same-workflow');
	scene.site.faults.add({ match: { method: 'GET' }, effect: { status: 500 } });
	await expect(scene.host.production.create()).rejects.toThrow();
	expect(scene.site.apiCalls.every(({ method }) => method !== 'DELETE')).toBe(true);
});

it("has one webhook in the end when n8n's third of five attempts succeeds", async () => {
	const scene = await openScene();
	const { site, host } = scene;
	const match = { method: 'PUT', path: 'page_delete', times: 2 };
	site.faults.add({ match, effect: { status: 500, applyThenFail: true } });
	const outcomes: string[] = [];
	for (let attempt = 1; attempt <= 5 && !outcomes.includes('done'); attempt++) {
		const outcome = await host.production.publish().then(
			() => 'done',
			() => 'failed',
		);
		outcomes.push(outcome);
	}
	expect(outcomes).toEqual(['failed', 'failed', 'done']);
	expect(host.production.warnings).toEqual([]);
	expect(site.webhooks()).toHaveLength(1);
});
