import { describe, expect, it, vi } from 'vitest';
import { MAX_GATHER_MS, MAX_QUEUE_WAIT_MS } from '../../nodes/CxoneExpert/trigger/delivery/batch.ts';
import { RESPONSE_DEADLINE_MS } from '../../nodes/CxoneExpert/protocol/deadlines.ts';
import { PRESUMPTION_MS } from '../../nodes/CxoneExpert/trigger/delivery/save.ts';
import { type Delivery, expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import {
	type Burst,
	lineAt,
	ranTogether,
	reachedAt,
	waitUntilReached,
	waitUntilWaiting,
} from '../support/integration/burst.mts';
import { gate } from '../support/integration/gate.mts';
import { log } from '../support/integration/log.mts';
import { startRequest } from '../support/integration/raw-request.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { letSettle, passUntil, stopTime } from '../support/integration/stop-time.mts';
import { elementAt } from '../support/present.mts';
import { sendDelivery } from '../support/simulator/index.mts';

useScenes();

/** Time that n8n gets to commit. */
const COMMIT_MS = 250;

/**
 * Two deliveries whose executions n8n is saving, and others that arrive meanwhile, one after the other. Time stands
 * still from then on.
 *
 * @param others how many, or which
 */
async function startBurst(scene: Scene, others: number | Delivery[]): Promise<Burst> {
	const count = typeof others === 'number' ? others : 0;
	const deliveries = Array.from({ length: 2 + count }, () => newDelivery(scene));
	if (typeof others !== 'number') deliveries.push(...others);
	const saving = gate();
	scene.host.store = saving.wait;
	if (!vi.isFakeTimers()) stopTime();
	const responses: Burst['responses'] = [];
	const before = reachedAt(scene);
	for (const [index, delivery] of deliveries.entries()) {
		responses.push(send(scene, delivery));
		await waitUntilReached(scene, before + index + 1);
	}
	return { deliveries, responses, saving };
}

function eventsXml(...ids: string[]): string {
	return `<events>${ids.map((id) => `<event id="${id}" type="page:create"/>`).join('')}</events>`;
}

async function statusesOf({ responses }: Burst): Promise<number[]> {
	return (await Promise.all(responses)).map(({ status }) => status);
}

/** How many items each execution has, oldest first. */
const sizes = (scene: Scene) => ranTogether(scene).map(({ length }) => length);

describe('deliveries that arrive in a burst', () => {
	it('the first two have an execution each, and what arrives meanwhile shares the next, in order of arrival', async () => {
		const scene = await openPublished();
		const bodies = [eventsXml('1'), eventsXml('2', '3', '4'), eventsXml('5')];
		const others = bodies.map((body) => ({ ...newDelivery(scene), body }));
		const burst = await startBurst(scene, others);
		burst.saving.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200, 200]);
		expect(sizes(scene)).toEqual([1, 1, 5]);
		const { items } = elementAt(scene.host.executions, 2);
		expect(items.map(({ eventId }) => eventId)).toEqual(['1', '2', '3', '4', '5']);
		expect([...log.of('error'), ...log.of('warn')]).toEqual([]);
		expect([scene.host.thrown, scene.host.lostExecutions]).toEqual([[], []]);
	});

	it('n8n saves one execution at a time until the burst is over, and then two again', async () => {
		const scene = await openPublished();
		const burst = await startBurst(scene, 2);
		const together = gate();
		scene.host.store = together.wait;
		burst.saving.open();
		await together.reached;
		const last = send(scene, newDelivery(scene));
		await waitUntilWaiting(scene, 1);
		together.open();
		expectResponse(await passUntil(last), 200);
		const both = await startBurst(scene, 0);
		expect(reachedAt(scene)).toBe(2);
		both.saving.open();
		await statusesOf(both);
		expect(sizes(scene)).toEqual([1, 1, 2, 1, 1, 1]);
	});

	it('no delivery gets 200 before n8n has stored its execution and the record of all', async () => {
		const scene = await openPublished();
		const burst = await startBurst(scene, 2);
		const [storing, recording] = [gate(), gate()];
		let withResponse = 0;
		for (const response of burst.responses) void response.then(() => withResponse++);
		scene.host.store = storing.wait;
		burst.saving.open();
		await storing.reached;
		await letSettle();
		scene.host.save = recording.wait;
		storing.open();
		await recording.reached;
		await letSettle();
		expect(withResponse).toBe(2);
		recording.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200]);
		const { global } = JSON.parse(scene.host.row.staticData) as {
			global: Record<string, { rows: string }>;
		};
		expect(global[`cxoneExpert:${scene.host.row.node.id}`]!.rows).toHaveLength(4 * 23);
	});

	const large = `language="${'ü'.repeat(100_000)}"`;
	it.each([
		[
			'100 items',
			[60, 40, 1, 100].map((size) => eventsXml(...Array.from({ length: size }, (_, id) => `${size}.${id}`))),
			[100, 1, 100],
		],
		['1 MB', [1, 2, 3, 4].map((id) => `<event id="${id}" ${large}/>`), [2, 2]],
	])('%s start an execution, and the rest the next one', async (_limit, bodies, expected) => {
		const additionalOptions = { includeRawXml: true };
		const scene = await openPublished({ parameters: { additionalOptions } });
		const others = bodies.map((body) => ({ ...newDelivery(scene), body }));
		const burst = await startBurst(scene, others);
		burst.saving.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200, 200, 200]);
		expect(sizes(scene)).toEqual([1, 1, ...expected]);
	});

	it('a copy of a delivery that waits gets its response with it, and one of them runs', async () => {
		const scene = await openPublished();
		const burst = await startBurst(scene, 2);
		const copy = send(scene, elementAt(burst.deliveries, 3), { timestamp: now(1) });
		await letSettle();
		expect(lineAt(scene).waiting).toHaveLength(2);
		burst.saving.open();
		expectResponse(await copy, 200);
		await statusesOf(burst);
		expect(sizes(scene)).toEqual([1, 1, 2]);
	});

	it('a test event never joins the others', async () => {
		const scene = await openPublished();
		const { host, site } = scene;
		await host.test.publish();
		const burst = await startBurst(scene, 1);
		host.store = async () => {};
		const authorization = site.webhooks().find(({ url }) => url === host.testUrl)!.authorizationHeader;
		const tested = { ...newDelivery(scene), authorization, secret: site.settings.signingSecret };
		expectResponse(await sendDelivery(host.testUrl, tested), 200);
		expect(host.executions.map(({ isTest }) => isTest)).toEqual([true]);
		burst.saving.open();
		await statusesOf(burst);
	});

	it.each([0, 1])('deliveries run together although sender %i of them has gone', async (gone) => {
		const scene = await openPublished();
		const burst = await startBurst(scene, 0);
		const deliveries = [newDelivery(scene), newDelivery(scene)];
		const requests = [];
		for (const [index, delivery] of deliveries.entries()) {
			const request = startRequest(scene, delivery, Buffer.byteLength(delivery.body));
			request.end(delivery.body as string);
			requests.push(request);
			await waitUntilWaiting(scene, index + 1);
		}
		elementAt(requests, gone).cut();
		await letSettle();
		burst.saving.open();
		await scene.host.idle();
		expectResponse(await passUntil(elementAt(requests, 1 - gone).response), 200);
		for (const delivery of deliveries) expectResponse(await send(scene, delivery), 200);
		expect(ranTogether(scene).slice(2)).toEqual([deliveries.map(({ deliveryId }) => deliveryId)]);
		elementAt(requests, 1 - gone).cut();
	});
});

describe('deliveries that gather for the next execution', () => {
	/** n8n has saved a batch of three, and two others have arrived meanwhile. */
	async function afterThree(scene: Scene) {
		const burst = await startBurst(scene, 3);
		const storing = gate();
		scene.host.store = storing.wait;
		burst.saving.open();
		await storing.reached;
		scene.host.store = async () => {};
		for (const waiting of [1, 2]) await arrive(scene, burst, waiting);
		storing.open();
		await Promise.all(burst.responses.slice(0, 5));
		await letSettle();
		return burst;
	}

	/** Another delivery arrives, after which so many wait. */
	async function arrive(scene: Scene, burst: Burst, waiting: number) {
		burst.responses.push(send(scene, newDelivery(scene)));
		await waitUntilWaiting(scene, waiting);
	}

	it('they start it once they are as many as in the last one', async () => {
		const scene = await openPublished();
		const burst = await afterThree(scene);
		await vi.advanceTimersByTimeAsync(MAX_GATHER_MS - 1);
		await letSettle();
		expect(sizes(scene)).toEqual([1, 1, 3]);
		await arrive(scene, burst, 0);
		await Promise.all(burst.responses);
		expect(sizes(scene)).toEqual([1, 1, 3, 3]);
	});

	it('fewer start it after a quarter of a second, and in the same burst nobody waits for others again', async () => {
		const scene = await openPublished();
		const burst = await afterThree(scene);
		const storing = gate();
		scene.host.store = storing.wait;
		await vi.advanceTimersByTimeAsync(250);
		await storing.reached;
		await arrive(scene, burst, 1);
		storing.open();
		await Promise.all(burst.responses);
		expect(sizes(scene)).toEqual([1, 1, 3, 2, 1]);
	});
});

describe('deliveries that share an execution, when n8n fails', () => {
	it.each([
		['cannot be stored get 503, and each retry runs unmarked', 'store', undefined],
		['may have been stored get 503, and each retry runs marked', 'commit', true],
	] as const)('deliveries whose common execution %s', async (_what, step, mark) => {
		const scene = await openPublished();
		// Read once, so that the node knows that this n8n tells when it writes.
		await send(scene, newDelivery(scene));
		const burst = await startBurst(scene, 3);
		burst.saving.open();
		// The first two are about to be committed.
		let successes = step === 'commit' ? 2 : 0;
		scene.host.store = async () => {};
		scene.host[step] = async () => {
			if (successes-- <= 0) throw new Error('database is down');
		};
		expect(await statusesOf(burst)).toEqual([200, 200, 503, 503, 503]);
		await scene.host.idle();
		expect(log.of('error')).toHaveLength(mark ? 3 : 0);
		scene.host[step] = async () => {};
		const { length } = scene.host.items;
		for (const delivery of burst.deliveries) expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		const again = scene.host.items.slice(length);
		expect(again.map(({ redelivered }) => redelivered)).toEqual([mark, mark, mark]);
	});

	it('they get 200 together when their execution is written and waits for a free slot', async () => {
		const scene = await openPublished();
		const slot = gate();
		const burst = await startBurst(scene, 3);
		scene.host.slot = slot.wait;
		burst.saving.open();
		// The first two wait for a slot, and once they are presumed saved, the others do.
		await slot.reached;
		await letSettle();
		await vi.advanceTimersByTimeAsync(COMMIT_MS);
		await waitUntilWaiting(scene, 0);
		await letSettle();
		await vi.advanceTimersByTimeAsync(PRESUMPTION_MS);
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200, 200]);
		slot.open();
		await scene.host.idle();
		expect(sizes(scene)).toEqual([1, 1, 3]);
	});

	it('a delivery that has waited for a minute gives up, and its retry runs unmarked', async () => {
		const scene = await openPublished();
		const burst = await startBurst(scene, 2);
		for (const waiting of lineAt(scene).waiting) waiting.since -= MAX_QUEUE_WAIT_MS;
		burst.saving.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 503, 503]);
		expect(sizes(scene)).toEqual([1, 1]);
		expectResponse(await send(scene, elementAt(burst.deliveries, 2)), 200);
		expect(scene.host.items[2]).not.toHaveProperty('redelivered');
	});

	it('saves that hang do not hold up the others', async () => {
		const scene = await openPublished();
		const burst = await startBurst(scene, 1);
		scene.host.store = async () => {};
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		await Promise.all(burst.responses);
		await letSettle();
		expect(ranTogether(scene)).toEqual([[elementAt(burst.deliveries, 2).deliveryId]]);
		burst.saving.open();
		await scene.host.idle();
		expect(scene.host.executions).toHaveLength(3);
		expect(reachedAt(scene)).toBe(0);
	});
});

describe('the record of a burst', () => {
	it.each([
		['the last two', 0, 2],
		['the last two, and one in a second,', 1_000, 3],
	])('of five executions at once %s write the record for all', async (_which, passedMs, saved) => {
		const additionalOptions = { deliveriesPerExecution: 'one' };
		const scene = await openPublished({ parameters: { additionalOptions } });
		stopTime();
		expectResponse(await send(scene, newDelivery(scene)), 200);
		const { saves } = scene.host.row;
		await vi.advanceTimersByTimeAsync(passedMs);
		const burst = await startBurst(scene, 3);
		burst.saving.open();
		await statusesOf(burst);
		await scene.host.idle();
		expect(scene.host.row.saves - saves).toBe(saved);
		await scene.host.restart();
		for (const delivery of burst.deliveries) expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(6);
	});

	it('a restart forgets nothing when the last of two could not be saved', async () => {
		const scene = await openPublished();
		stopTime();
		expectResponse(await send(scene, newDelivery(scene)), 200);
		const both = await startBurst(scene, 0);
		let commits = 0;
		const failing = gate();
		scene.host.commit = async () => await (commits++ === 0 ? Promise.resolve() : failing.wait());
		both.saving.open();
		const saved = await Promise.race(both.responses.map(async (response, index) => await response.then(() => index)));
		failing.fail(new Error('database is down'));
		expect((await statusesOf(both)).sort()).toEqual([200, 503]);
		await scene.host.restart();
		const executions = scene.host.executions.length;
		expectResponse(await send(scene, elementAt(both.deliveries, saved)), 200);
		expect(scene.host.executions).toHaveLength(executions);
	});
});
