import { describe, expect, it, vi } from 'vitest';
import { RESPONSE_DEADLINE_MS } from '../../nodes/CxoneExpert/protocol/deadlines.ts';
import { PRESUMPTION_MS } from '../../nodes/CxoneExpert/trigger/delivery/save.ts';
import { expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, useScenes } from '../support/integration/scene.mts';
import { letSettle, passUntil, stopTime } from '../support/integration/stop-time.mts';

useScenes();

/** Time that n8n gets to commit. */
const COMMIT_MS = 250;

/** Where time is stopped and n8n has written the execution: the moment comes from which it counts as saved. */
async function presume(): Promise<void> {
	await vi.advanceTimersByTimeAsync(COMMIT_MS);
	await letSettle();
	await vi.advanceTimersByTimeAsync(PRESUMPTION_MS - COMMIT_MS);
}

const fails = async () => await Promise.reject(new Error('database is down'));

/** A delivery that got 200 because its execution is written, while n8n commits it or it waits for a free slot. */
async function presumed(name: 'commit' | 'slot') {
	const scene = await openPublished();
	const delivery = newDelivery(scene);
	const moment = gate();
	scene.host[name] = moment.wait;
	stopTime();
	const response = send(scene, delivery);
	await moment.reached;
	await presume();
	expectResponse(await response, 200);
	return { scene, delivery, moment };
}

describe('200 means saved', () => {
	it('a delivery gets 503 when its execution cannot be stored, and the retry runs unmarked', async () => {
		const scene = await openPublished();
		// Read once, so that the node knows that this n8n tells when it writes.
		await send(scene, newDelivery(scene));
		const { staticData } = scene.host.row;
		const delivery = newDelivery(scene);
		scene.host.store = fails;
		expectResponse(await send(scene, delivery), 503);
		expect(scene.host.row.staticData).toBe(staticData);
		scene.host.store = async () => {};
		expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		expect(scene.host.items).toHaveLength(2);
		expect(scene.host.items[1]).not.toHaveProperty('redelivered');
	});

	it('a delivery gets 503 in time when storing is slow, and the retry does not run again', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const storing = gate();
		scene.host.store = storing.wait;
		let hasResponse = false;
		stopTime();
		const response = send(scene, delivery).finally(() => (hasResponse = true));
		await storing.reached;
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS - 1);
		await letSettle();
		expect(hasResponse).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		expectResponse(await response, 503);
		storing.open();
		await scene.host.idle();
		expect(scene.host.thrown).toEqual([]);
		scene.host.store = async () => {};
		expectResponse(await send(scene, delivery), 200);
		expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		expect(scene.host.executions).toHaveLength(1);
		await scene.host.restart();
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a copy gets 200 only after n8n has saved the record of the first one', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const saving = gate();
		scene.host.save = saving.wait;
		stopTime();
		const first = send(scene, delivery);
		await saving.reached;
		expect(scene.host.row.staticData).not.toContain('rows');
		const copy = send(scene, delivery, { timestamp: now(1) });
		for (const response of await passUntil(Promise.all([first, copy]))) expectResponse(response, 503);
		saving.open();
		await scene.host.idle();
		await scene.host.restart();
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a waiting copy runs when storing the first one fails', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const storing = gate();
		scene.host.store = storing.wait;
		stopTime();
		const first = send(scene, delivery);
		await storing.reached;
		scene.host.store = async () => {};
		const second = send(scene, delivery, { timestamp: now(1) });
		await letSettle();
		storing.fail(new Error('database is down'));
		expectResponse(await first, 503);
		expectResponse(await second, 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a delivery gets 200 when its execution is written and waits for a free slot', async () => {
		const { scene, delivery, moment: slot } = await presumed('slot');
		expectResponse(await send(scene, delivery), 200);
		slot.open();
		await scene.host.idle();
		await scene.host.restart();
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a copy of a delivery that got 200 before n8n saved it gets 200 while n8n saves the record', async () => {
		const { scene, delivery, moment: slot } = await presumed('slot');
		const saving = gate();
		scene.host.save = saving.wait;
		slot.open();
		await saving.reached;
		expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		saving.open();
		await scene.host.idle();
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a copy runs marked, and the log reports an error, when n8n cannot commit an execution that got 200', async () => {
		const { scene, delivery, moment: committing } = await presumed('commit');
		committing.fail(new Error('the connection was cut'));
		await scene.host.idle();
		expect(scene.host.executions).toEqual([]);
		expect(log.of('error')).toEqual([expect.stringContaining(`${delivery.deliveryId}: n8n may not have saved it`)]);
		scene.host.commit = async () => {};
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.items).toEqual([expect.objectContaining({ redelivered: true })]);
	});

	it.each([
		['before', 0],
		['after', RESPONSE_DEADLINE_MS],
	])('a retry runs marked when n8n cannot commit the execution %s the 503', async (_when, storingMs) => {
		const scene = await openPublished();
		// Read once, so that the node knows that this n8n tells when it writes.
		await send(scene, newDelivery(scene));
		const delivery = newDelivery(scene);
		const storing = gate();
		Object.assign(scene.host, { store: storing.wait, commit: fails });
		stopTime();
		const response = send(scene, delivery);
		await storing.reached;
		await vi.advanceTimersByTimeAsync(storingMs);
		storing.open();
		expectResponse(await response, 503);
		await scene.host.idle();
		scene.host.commit = async () => {};
		expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		expect(scene.host.items.at(-1)).toMatchObject({ redelivered: true });
		expect(scene.host.executions).toHaveLength(2);
	});

	it('a delivery gets 503 when the database stops responding while n8n commits', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const committing = gate();
		scene.host.commit = committing.wait;
		stopTime();
		// The credential was read before n8n wrote.
		scene.host.store = async () => void (await vi.advanceTimersByTimeAsync(1));
		const response = send(scene, delivery);
		await committing.reached;
		const { credential } = scene.host;
		scene.host.credential = () => {
			throw new Error('the server is gone');
		};
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expectResponse(await response, 503);
		scene.host.credential = credential;
		committing.open();
		await scene.host.idle();
		expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a copy is marked after a crash between writing the execution and confirming it', async () => {
		const { scene, delivery, moment: slot } = await presumed('slot');
		scene.host.slot = async () => {};
		// Its record is saved with the next one. Then the process dies.
		await send(scene, newDelivery(scene));
		const column = scene.host.row.staticData;
		slot.open();
		await scene.host.restart();
		scene.host.row.staticData = column;
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.items.at(-1)).toMatchObject({ redelivered: true });
	});
});

describe('an n8n that works in another way than expected', () => {
	it('a delivery may have run where n8n does not show when it writes, and one line says so', async () => {
		const scene = await openPublished();
		stopTime();
		const delivery = newDelivery(scene);
		Object.assign(scene.host, { looksForBinaryData: false, commit: fails });
		expectResponse(await send(scene, delivery), 503);
		expect(log.of('error')).toEqual([expect.stringContaining('may not have saved it')]);
		log.lines = [];
		scene.host.commit = async () => {};
		expectResponse(await send(scene, delivery), 200);
		expectResponse(await send(scene, newDelivery(scene)), 200);
		expect(scene.host.items[0]).toMatchObject({ redelivered: true });
		expect(log.lines).toHaveLength(1);
		expect(log.of('info')).toEqual([expect.stringContaining('not show when it writes')]);
	});

	it('a delivery is recorded where n8n does not ask for the response of the node, and one line says so', async () => {
		const scene = await openPublished();
		stopTime();
		const delivery = newDelivery(scene);
		scene.host.readsResponse = false;
		for (const each of [delivery, newDelivery(scene), delivery]) expectResponse(await send(scene, each), 200);
		expect(scene.host.executions).toHaveLength(2);
		expect(log.of('warn')).toEqual([expect.stringContaining('does not ask for the response')]);
	});
});
