import { describe, expect, it, vi } from 'vitest';
import {
	MAX_GATHER_MS,
	MAX_QUEUE_WAIT_MS,
} from '../../nodes/CxoneExpert/trigger/delivery/batch.ts';
import { RESPONSE_DEADLINE_MS } from '../../nodes/CxoneExpert/figures/delivery-figures.ts';
import { PRESUMPTION_MS } from '../../nodes/CxoneExpert/trigger/delivery/save.ts';
import { expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import {
	type Burst,
	lineAt,
	ranTogether,
	reachedAt,
	startBurst,
	waitUntilReached,
	waitUntilWaiting,
} from '../support/integration/burst.mts';
import { gate } from '../support/integration/gate.mts';
import { log } from '../support/integration/log.mts';
import { pretendProcessStarted } from '../support/integration/package-under-test.mts';
import { startRequest } from '../support/integration/raw-request.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { letSettle, passUntil, stopTime } from '../support/integration/stop-time.mts';
import { elementAt } from '../support/present.mts';
import { sendDelivery } from '../support/simulator/index.mts';

useScenes();

/** Time that n8n gets to commit. */
const COMMIT_MS = 250;
const SEVERAL = { deliveriesPerExecution: 'severalWhenBusy' };

async function openBusy(options: object = {}): Promise<Scene> {
	return await openPublished({ parameters: { additionalOptions: { ...SEVERAL, ...options } } });
}

function eventsXml(...ids: string[]): string {
	return `<events>${ids.map((id) => `<event id="${id}" type="page:create"/>`).join('')}</events>`;
}

const idsOf = ({ deliveries }: Burst) => deliveries.map(({ deliveryId }) => deliveryId);

/** As if the process had died before n8n saved the record: it still has what it had. */
async function dieBeforeRecord(scene: Scene, column: string): Promise<void> {
	await scene.host.restart();
	scene.host.row.staticData = column;
	vi.useRealTimers();
	pretendProcessStarted(0);
}

async function statusesOf({ responses }: Burst): Promise<number[]> {
	return (await Promise.all(responses)).map(({ status }) => status);
}

describe('several deliveries per execution, while n8n is saving one', () => {
	it('deliveries that arrive start the next execution together, in order of arrival', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 5);
		const [first, ...others] = idsOf(burst);
		burst.saving.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200, 200, 200]);
		expect(ranTogether(scene)).toEqual([[first], others]);
		expect([...log.of('error'), ...log.of('warn')]).toEqual([]);
		expect([scene.host.thrown, scene.host.lostExecutions]).toEqual([[], []]);
	});

	it('events of one delivery stay in their order among the others', async () => {
		const scene = await openBusy();
		const [one, other] = [newDelivery(scene), newDelivery(scene)];
		one.body = eventsXml('1', '2', '3');
		other.body = eventsXml('4');
		const burst = await startBurst(scene, [one, other]);
		burst.saving.open();
		await statusesOf(burst);
		const { items } = elementAt(scene.host.executions, 1);
		expect(items.map(({ eventId }) => eventId)).toEqual(['1', '2', '3', '4']);
	});

	it('no delivery gets 200 before n8n has stored its execution and the record of all', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 2);
		const [storing, recording] = [gate(), gate()];
		const withResponse: number[] = [];
		burst.responses.forEach(
			(response, index) => void response.then(() => withResponse.push(index)),
		);
		scene.host.store = storing.wait;
		burst.saving.open();
		await storing.reached;
		await letSettle();
		expect(withResponse).toEqual([0]);
		scene.host.save = recording.wait;
		storing.open();
		await recording.reached;
		await letSettle();
		expect(withResponse).toEqual([0]);
		recording.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 200]);
		const { global } = JSON.parse(scene.host.row.staticData) as {
			global: Record<string, { rows: string; changes: string }>;
		};
		const record = global[`cxoneExpert:${scene.host.row.node.id}`]!;
		expect([record.rows.length, record.changes.length]).toEqual([3 * 23, 14]);
	});

	it('n8n saves the record once for each execution', async () => {
		const scene = await openBusy();
		const { saves } = scene.host.row;
		const burst = await startBurst(scene, 10);
		burst.saving.open();
		await statusesOf(burst);
		expect(scene.host.row.saves - saves).toBe(2);
	});

	it('100 items start an execution, and the rest the next one', async () => {
		const scene = await openBusy();
		const sizes = [60, 40, 1, 100];
		const others = sizes.map((size) => ({
			...newDelivery(scene),
			body: eventsXml(...Array.from({ length: size }, (_, id) => `${size}.${id}`)),
		}));
		const burst = await startBurst(scene, others);
		burst.saving.open();
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200, 200]);
		expect(ranTogether(scene).map((batch) => batch.length)).toEqual([1, 100, 1, 100]);
	});

	it('1 MB of items start an execution, and the rest the next one', async () => {
		const scene = await openBusy({ includeRawXml: true });
		const large = (id: number) => ({
			...newDelivery(scene),
			body: `<event id="${id}" language="${'ü'.repeat(100_000)}"/>`,
		});
		const burst = await startBurst(scene, [1, 2, 3, 4].map(large));
		burst.saving.open();
		await statusesOf(burst);
		expect(ranTogether(scene).map((batch) => batch.length)).toEqual([1, 2, 2]);
	});

	it('each delivery is filtered and rejected by itself', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 1);
		expectResponse(await send(scene, newDelivery(scene), { secret: 'whsec_other' }), 401);
		expectResponse(await send(scene, newDelivery(scene, { type: 'page_move' })), 200);
		burst.saving.open();
		expect(await statusesOf(burst)).toEqual([200, 200]);
		expect(ranTogether(scene).flat()).toEqual(idsOf(burst));
	});
});

describe('several deliveries per execution, while the next batch gathers', () => {
	/** n8n stores a batch of three, and as many others have arrived meanwhile. */
	async function whileThreeAreStored(scene: Scene, others: number, end: 'saved' | 'failed') {
		const { saving, ...burst } = await startBurst(scene, 3);
		const storing = gate();
		scene.host.store = storing.wait;
		saving.open();
		await storing.reached;
		scene.host.store = async () => {};
		for (let count = 1; count <= others; count++) await arrive(scene, burst, count);
		if (end === 'saved') storing.open();
		else storing.fail(new Error('database is down'));
		await Promise.all(burst.responses.slice(0, 4));
		await letSettle();
		return burst;
	}

	/** Another delivery arrives, as this one of those that wait. */
	async function arrive(scene: Scene, burst: Omit<Burst, 'saving'>, waiting: number) {
		const delivery = newDelivery(scene);
		burst.deliveries.push(delivery);
		burst.responses.push(send(scene, delivery));
		await waitUntilWaiting(scene, waiting);
	}

	const sizes = (scene: Scene) => ranTogether(scene).map(({ length }) => length);

	it('deliveries gather until they are as many as in the last batch', async () => {
		const scene = await openBusy();
		const burst = await whileThreeAreStored(scene, 2, 'saved');
		await vi.advanceTimersByTimeAsync(MAX_GATHER_MS - 1);
		await letSettle();
		expect(sizes(scene)).toEqual([1, 3]);
		await arrive(scene, burst, 0);
		await Promise.all(burst.responses);
		expect(sizes(scene)).toEqual([1, 3, 3]);
	});

	it('deliveries gather for a quarter of a second, once in a burst, and in the next burst again', async () => {
		const scene = await openBusy();
		for (const before of [[], [1, 3, 2, 1]]) {
			const burst = await whileThreeAreStored(scene, 2, 'saved');
			expect(sizes(scene)).toEqual([...before, 1, 3]);
			const storing = gate();
			scene.host.store = storing.wait;
			await vi.advanceTimersByTimeAsync(250);
			await storing.reached;
			await arrive(scene, burst, 1);
			storing.open();
			await Promise.all(burst.responses.slice(0, -1));
			await letSettle();
			expect(sizes(scene)).toEqual([...before, 1, 3, 2, 1]);
			await Promise.all(burst.responses);
			vi.useRealTimers();
		}
	});

	it('nobody waits for others when n8n has failed', async () => {
		const scene = await openBusy();
		const burst = await whileThreeAreStored(scene, 1, 'failed');
		await Promise.all(burst.responses);
		expect(sizes(scene)).toEqual([1, 1]);
	});
});

describe('several deliveries per execution, with copies', () => {
	it('a copy of a delivery that waits gets its response with it, and one of them runs', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 2);
		const copied = elementAt(burst.deliveries, 2);
		const copies = [0, 1, 2].map(
			async (offset) => await send(scene, copied, { timestamp: now(offset) }),
		);
		await letSettle();
		expect(lineAt(scene).waiting.length).toBe(2);
		burst.saving.open();
		for (const copy of copies) expectResponse(await copy, 200);
		await statusesOf(burst);
		expect(ranTogether(scene).flat()).toEqual(idsOf(burst));
	});

	it('a copy of a delivery whose execution cannot be stored runs in its place', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 2);
		let failures = 1;
		const storing = gate();
		scene.host.store = async () => {
			if (failures-- <= 0) return;
			await storing.wait();
			throw new Error('database is down');
		};
		burst.saving.open();
		await storing.reached;
		const copied = elementAt(burst.deliveries, 2);
		const copy = send(scene, copied, { timestamp: now(1) });
		await letSettle();
		storing.open();
		expect(await statusesOf(burst)).toEqual([200, 503, 503]);
		expectResponse(await copy, 200);
		expect(ranTogether(scene).at(-1)).toEqual([copied.deliveryId]);
	});
});

describe('several deliveries per execution, when n8n fails', () => {
	/** The followers of the burst are stored like this. */
	async function failing(scene: Scene, fail: () => void): Promise<Burst> {
		// Read once, so that the node knows that this n8n tells when it writes.
		await send(scene, newDelivery(scene));
		const burst = await startBurst(scene, 3);
		burst.saving.open();
		fail();
		expect(await statusesOf(burst)).toEqual([200, 503, 503, 503]);
		await scene.host.idle();
		return burst;
	}

	async function retryAll(scene: Scene, { deliveries }: Burst): Promise<unknown[]> {
		scene.host.store = async () => {};
		scene.host.commit = async () => {};
		const before = scene.host.items.length;
		for (const delivery of deliveries) {
			expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		}
		return scene.host.items.slice(before);
	}

	it('deliveries that share an execution get 503 when it cannot be stored, and each retry runs unmarked', async () => {
		const scene = await openBusy();
		const burst = await failing(scene, () => {
			scene.host.store = () => Promise.reject(new Error('database is down'));
		});
		const reran = await retryAll(scene, burst);
		expect(reran).toEqual(
			idsOf(burst)
				.slice(1)
				.map((deliveryId) => expect.objectContaining({ deliveryId }) as unknown),
		);
		expect(JSON.stringify(reran)).not.toContain('redelivered');
		expect(log.of('error')).toEqual([]);
		const says: unknown = expect.stringContaining('could not save its execution');
		expect(log.of('warn')).toEqual([says, says, says]);
	});

	it('deliveries that share an execution get 503 when n8n may have stored it, and each retry runs marked', async () => {
		const scene = await openBusy();
		let commits = 0;
		const burst = await failing(scene, () => {
			scene.host.store = async () => {};
			scene.host.commit = async () => {
				if (++commits > 1) throw new Error('the connection was cut');
			};
		});
		expect(log.of('error')).toHaveLength(3);
		expect(await retryAll(scene, burst)).toEqual(
			idsOf(burst)
				.slice(1)
				.map((deliveryId) => expect.objectContaining({ deliveryId, redelivered: true }) as unknown),
		);
	});

	it('each of a batch runs marked after a crash between its execution and the record', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 3);
		const storing = gate();
		scene.host.store = storing.wait;
		burst.saving.open();
		await elementAt(burst.responses, 0);
		const column = scene.host.row.staticData;
		storing.open();
		await statusesOf(burst);
		await dieBeforeRecord(scene, column);
		for (const delivery of burst.deliveries) expectResponse(await send(scene, delivery), 200);
		expect(scene.host.items.slice(4).map(({ redelivered }) => redelivered)).toEqual([
			true,
			true,
			true,
		]);
	});

	it('deliveries get 200 together when their execution is written and waits for a free slot', async () => {
		const scene = await openBusy();
		const slot = gate();
		const burst = await startBurst(scene, 3);
		scene.host.slot = slot.wait;
		burst.saving.open();
		// The first one waits for a slot, and once it is presumed saved, the others do.
		await slot.reached;
		await vi.advanceTimersByTimeAsync(COMMIT_MS);
		await waitUntilWaiting(scene, 0);
		await vi.advanceTimersByTimeAsync(PRESUMPTION_MS);
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200]);
		slot.open();
		await scene.host.idle();
		expect(ranTogether(scene).flat()).toEqual(idsOf(burst));
	});

	it('a delivery that has waited for a minute gives up, and its retry runs', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 2);
		for (const waiting of lineAt(scene).waiting) waiting.since -= MAX_QUEUE_WAIT_MS;
		burst.saving.open();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect(await statusesOf(burst)).toEqual([200, 503, 503]);
		expect(ranTogether(scene)).toHaveLength(1);
		expectResponse(await send(scene, elementAt(burst.deliveries, 1)), 200);
		expect(scene.host.items[1]).not.toHaveProperty('redelivered');
	});

	it('a save that hangs does not hold up the others', async () => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 1);
		scene.host.store = async () => {};
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		await Promise.all(burst.responses);
		expectResponse(await send(scene, newDelivery(scene)), 200);
		expect(ranTogether(scene)[0]).toEqual([elementAt(burst.deliveries, 1).deliveryId]);
		burst.saving.open();
		await scene.host.idle();
		expect(scene.host.executions).toHaveLength(3);
		expect(lineAt(scene)).toMatchObject({ saving: 0, waiting: [] });
	});
});

describe('several deliveries per execution, when senders go away', () => {
	it.each([0, 1])('the batch runs when sender %i of it has gone', async (gone) => {
		const scene = await openBusy();
		const burst = await startBurst(scene, 0);
		const deliveries = [newDelivery(scene), newDelivery(scene)];
		const requests = [];
		for (const [index, delivery] of deliveries.entries()) {
			const request = startRequest(scene, delivery, Buffer.byteLength(delivery.body as string));
			request.end(delivery.body as string);
			requests.push(request);
			await waitUntilWaiting(scene, index + 1);
		}
		elementAt(requests, gone).cut();
		await letSettle();
		burst.saving.open();
		await scene.host.idle();
		expectResponse(await passUntil(elementAt(requests, 1 - gone).response), 200);
		expect(ranTogether(scene).at(-1)).toEqual(deliveries.map(({ deliveryId }) => deliveryId));
		for (const delivery of deliveries) expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(2);
		elementAt(requests, 1 - gone).cut();
	});
});

describe('several deliveries per execution, and what must not be mixed', () => {
	it('two trigger nodes do not wait for each other', async () => {
		const [scene, other] = [await openBusy(), await openBusy()];
		const burst = await startBurst(scene, 1);
		expectResponse(await send(other, newDelivery(other)), 200);
		expect(lineAt(scene).waiting.length).toBe(1);
		burst.saving.open();
		await statusesOf(burst);
	});

	it('a test event never joins the others', async () => {
		const scene = await openBusy();
		await scene.host.test.publish();
		const burst = await startBurst(scene, 1);
		scene.host.store = async () => {};
		const webhook = scene.site.webhooks().find(({ url }) => url === scene.host.testUrl);
		const authorization = webhook!.authorizationHeader;
		const secret = scene.site.settings.signingSecret;
		const tested = { ...newDelivery(scene), authorization, secret };
		expectResponse(await sendDelivery(scene.host.testUrl, tested), 200);
		expect(scene.host.executions.map(({ isTest }) => isTest)).toEqual([true]);
		burst.saving.open();
		await statusesOf(burst);
	});
});

describe('several deliveries per execution, acknowledged immediately', () => {
	const openImmediate = async () => await openBusy({ acknowledge: 'immediately' });

	it('deliveries get 200 before n8n has stored anything, and run together', async () => {
		const scene = await openImmediate();
		const burst = await startBurst(scene, 4);
		expect(await statusesOf(burst)).toEqual([200, 200, 200, 200, 200]);
		expect(scene.host.executions).toEqual([]);
		burst.saving.open();
		await scene.host.idle();
		const [first, ...others] = idsOf(burst);
		expect(ranTogether(scene)).toEqual([[first], others]);
		expect([...log.of('error'), ...log.of('warn')]).toEqual([]);
	});

	it('deliveries are known after a restart', async () => {
		const scene = await openImmediate();
		const burst = await startBurst(scene, 3);
		burst.saving.open();
		await scene.host.restart();
		for (const delivery of burst.deliveries) expectResponse(await send(scene, delivery), 200);
		expect(ranTogether(scene)).toHaveLength(2);
	});

	it('the log names deliveries that n8n could not store after their 200, and a copy runs marked', async () => {
		const scene = await openImmediate();
		const burst = await startBurst(scene, 2);
		await statusesOf(burst);
		scene.host.store = () => Promise.reject(new Error('disk is full'));
		burst.saving.open();
		await scene.host.idle();
		for (const { deliveryId } of burst.deliveries.slice(1)) {
			expect(log.of('error').join('\n')).toContain(`${deliveryId}: n8n may not have saved it`);
		}
		scene.host.store = async () => {};
		expectResponse(await send(scene, elementAt(burst.deliveries, 1)), 200);
		await scene.host.idle();
		expect(scene.host.items.at(-1)).toMatchObject({ redelivered: true });
	});
});

/** Sends deliveries one after the other while n8n saves none of them. */
async function hold(scene: Scene, count: number): Promise<Burst> {
	const saving = gate();
	scene.host.store = saving.wait;
	const deliveries = Array.from({ length: count }, () => newDelivery(scene));
	const responses: Burst['responses'] = [];
	const before = reachedAt(scene);
	for (const [index, delivery] of deliveries.entries()) {
		responses.push(send(scene, delivery));
		await waitUntilReached(scene, before + index + 1);
	}
	return { deliveries, responses, saving };
}

describe('several in a burst, the default', () => {
	it('two deliveries at once have an execution each', async () => {
		const scene = await openPublished();
		stopTime();
		for (let count = 0; count < 2; count++) {
			const both = await hold(scene, 2);
			expect(lineAt(scene)).toMatchObject({ saving: 2, waiting: [] });
			both.saving.open();
			expect(await statusesOf(both)).toEqual([200, 200]);
		}
		expect(ranTogether(scene).map((batch) => batch.length)).toEqual([1, 1, 1, 1]);
	});

	it('until a burst is over n8n saves one execution at a time; after it, each delivery has its own again', async () => {
		const scene = await openPublished();
		stopTime();
		const burst = await hold(scene, 4);
		const together = gate();
		let saves = 0;
		scene.host.store = async () => {
			saves += 1;
			await together.wait();
		};
		burst.saving.open();
		await together.reached;
		const last = send(scene, newDelivery(scene));
		await waitUntilWaiting(scene, 1);
		expect(saves).toBe(1);
		together.open();
		expectResponse(await passUntil(last), 200);
		const both = await hold(scene, 2);
		both.saving.open();
		await statusesOf(both);
		expect(ranTogether(scene).map((batch) => batch.length)).toEqual([1, 1, 2, 1, 1, 1]);
	});

	it('a delivery to a version with "One" that goes live in a burst does not overtake those that wait', async () => {
		const scene = await openPublished();
		stopTime();
		const burst = await hold(scene, 3);
		scene.host.row.node.parameters.additionalOptions = { deliveriesPerExecution: 'one' };
		const last = newDelivery(scene);
		const response = send(scene, last);
		await waitUntilReached(scene, 4);
		expect(lineAt(scene).waiting).toHaveLength(2);
		burst.saving.open();
		expectResponse(await response, 200);
		expect(ranTogether(scene).at(-1)).toEqual([idsOf(burst)[2], last.deliveryId]);
	});
});

describe('the record of a burst', () => {
	const additionalOptions = { deliveriesPerExecution: 'one' };

	it.each([
		['the last two', 0, 2],
		['the last two, and one in a second,', 1_000, 3],
	])('of a burst %s write the record for all', async (_which, passedMs, saved) => {
		const scene = await openPublished({ parameters: { additionalOptions } });
		stopTime();
		expectResponse(await send(scene, newDelivery(scene)), 200);
		const { saves } = scene.host.row;
		await vi.advanceTimersByTimeAsync(passedMs);
		const burst = await hold(scene, 5);
		burst.saving.open();
		await statusesOf(burst);
		await scene.host.idle();
		expect(scene.host.row.saves - saves).toBe(saved);
		await scene.host.restart();
		for (const delivery of burst.deliveries) expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(6);
	});

	it('what has run is recorded while others wait for a free slot, though it had waited for longer than its own copy may be saved', async () => {
		const scene = await openBusy();
		const [first, others] = [gate(), gate()];
		scene.host.slot = first.wait;
		stopTime();
		const ran = newDelivery(scene);
		expectResponse(await passUntil(send(scene, ran)), 200);
		await vi.advanceTimersByTimeAsync(6_000);
		first.open();
		await scene.host.idle();
		const burst = await startBurst(scene, 2);
		scene.host.slot = others.wait;
		burst.saving.open();
		await others.reached;
		await vi.advanceTimersByTimeAsync(COMMIT_MS);
		await waitUntilWaiting(scene, 0);
		await letSettle();
		scene.host.abandon();
		// Their connections break when the test ends.
		void Promise.allSettled(burst.responses);
		await dieBeforeRecord(scene, scene.host.row.staticData);
		const { length } = scene.host.executions;
		expectResponse(await send(scene, ran), 200);
		expect(scene.host.executions).toHaveLength(length);
	});

	it('what a kill leaves without a record runs again, marked', async () => {
		const scene = await openPublished({ parameters: { additionalOptions } });
		stopTime();
		expectResponse(await send(scene, newDelivery(scene)), 200);
		const column = scene.host.row.staticData;
		const burst = await hold(scene, 3);
		const [first, second] = [gate(), gate()];
		let commits = 0;
		scene.host.commit = async () => await (commits++ === 0 ? first : second).wait();
		burst.saving.open();
		first.open();
		await Promise.race(burst.responses);
		expect(scene.host.row.staticData).toBe(column);
		second.open();
		await statusesOf(burst);
		await dieBeforeRecord(scene, column);
		for (const delivery of burst.deliveries) expectResponse(await send(scene, delivery), 200);
		const again = scene.host.items.slice(4);
		expect(again.map(({ redelivered }) => redelivered)).toEqual([true, true, true]);
	});

	it('a restart forgets nothing when the last of two could not be saved', async () => {
		const scene = await openPublished();
		stopTime();
		expectResponse(await send(scene, newDelivery(scene)), 200);
		const both = await hold(scene, 2);
		let stores = 0;
		const failing = gate();
		scene.host.commit = async () => await (stores++ === 0 ? Promise.resolve() : failing.wait());
		both.saving.open();
		const saved = await Promise.race(
			both.responses.map(async (response, index) => await response.then(() => index)),
		);
		failing.fail(new Error('database is down'));
		expect((await statusesOf(both)).sort()).toEqual([200, 503]);
		await scene.host.restart();
		const executions = scene.host.executions.length;
		expectResponse(await send(scene, elementAt(both.deliveries, saved)), 200);
		expect(scene.host.executions).toHaveLength(executions);
	});
});
