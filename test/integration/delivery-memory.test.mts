import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import { instanceSettings } from '../support/integration/n8n.mts';
import { ago, HOUR, published } from '../support/integration/recovery.mts';
import { pretendProcessStarted } from '../support/integration/package-under-test.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { passTime, stopTime } from '../support/integration/stop-time.mts';
import { storedRecord } from '../support/ledger.mts';

useScenes();
afterEach(() => {
	instanceSettings.instanceType = 'main';
});

const MINUTE = 60_000;

/** Long enough that concurrent deliveries overlap while n8n stores them. */
const slowly = async () => await delay(30);

describe('deduplication in one process', () => {
	it.each([
		['copies', () => ({})],
		['retries with different timestamps', (index: number) => ({ timestamp: now(index) })],
	])('20 concurrent %s start one run', async (_what, changes) => {
		const scene = await openPublished();
		scene.host.store = slowly;
		stopTime();
		const delivery = newDelivery(scene);
		const responses = await Promise.all(
			Array.from({ length: 20 }, (_, index) => send(scene, delivery, changes(index))),
		);
		for (const response of responses) expectResponse(response, 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('neither a replay nor a recording under the id of a delivery that was told to retry takes its place', async () => {
		const scene = await openPublished();
		const [ran, retried, recorded] = [newDelivery(scene), newDelivery(scene), newDelivery(scene)];
		expectResponse(await send(scene, ran), 200);
		scene.host.store = () => Promise.reject(new Error('database is down'));
		expectResponse(await send(scene, retried), 503);
		scene.host.store = async () => {};
		for (const each of [ran, recorded])
			expectResponse(await send(scene, each, { deliveryId: retried.deliveryId }), 200);
		for (const each of [retried, recorded]) expectResponse(await send(scene, each), 200);
		const events = scene.host.items.map(({ eventId }) => eventId);
		expect([events.length, new Set(events).size]).toEqual([3, 3]);
	});

	it('a recording under the id of a delivery that has run starts nothing, and the event itself runs', async () => {
		const scene = await openPublished();
		const [ran, recorded] = [newDelivery(scene), newDelivery(scene)];
		expectResponse(await send(scene, ran), 200);
		expectResponse(await send(scene, recorded, { deliveryId: ran.deliveryId }), 200);
		expect(scene.host.executions).toHaveLength(1);
		expectResponse(await send(scene, recorded), 200);
		expect(scene.host.items.map(({ deliveryId }) => deliveryId)).toEqual([ran.deliveryId, recorded.deliveryId]);
	});

	it('a recording of what was filtered out starts nothing under another charset', async () => {
		const scene = await openPublished({ parameters: { filters: { excludeUsers: ['Jörg'] } } });
		scene.site.settings.requestDetails = 'user';
		scene.site.site.createUser('Jörg');
		const delivery = newDelivery(scene, { by: 'Jörg' });
		for (const charset of ['utf-8', 'utf-16le', 'utf-16be', 'iso-8859-1', 'koi8-r']) {
			const contentType = `text/xml; charset=${charset}`;
			expectResponse(await send(scene, delivery, { contentType }), 200);
		}
		expect(scene.host.executions).toEqual([]);
	});

	it('above 10,000 the oldest are forgotten, and what is unknown and as old as one of them runs, marked', async () => {
		const scene = await openPublished();
		const { row } = scene.host;
		const start = Number(now()) - 3000;
		const record = storedRecord(Array.from({ length: 10_101 }, (_, index) => start + index / 10));
		row.staticData = JSON.stringify({ global: { [`cxoneExpert:${row.node.id}`]: record } });
		for (const timestamp of [now(), String(start + 9), String(start + 12)])
			expectResponse(await send(scene, newDelivery(scene), { timestamp }), 200);
		const marks = scene.host.items.map(({ redelivered }) => redelivered);
		expect(marks).toEqual([undefined, true, undefined]);
	});

	it('a delivery that came a day ago is not remembered any longer, unless Deliveries: Max Age is longer', async () => {
		for (const [maxDeliveryAge, status] of [
			[3600, 401],
			// Too short for the field.
			[0.5, 401],
			[48 * 3600, 200],
		] as const) {
			const scene = await openPublished({ parameters: { additionalOptions: { maxDeliveryAge } } });
			const { row } = scene.host;
			const record = storedRecord([Number(now()) - 25 * 3600]);
			row.staticData = JSON.stringify({ global: { [`cxoneExpert:${row.node.id}`]: record } });
			const first = newDelivery(scene);
			expectResponse(await send(scene, first), 200);
			const old = { timestamp: now(-25 * 3600), deliveryId: 'earlier-0' };
			expectResponse(await send(scene, newDelivery(scene), old), status);
			expect(scene.host.executions).toHaveLength(1);
		}
	});
});

describe('replays of captured deliveries', () => {
	it('a replay of any of 40 retries does not run, before or after a restart', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		const tries = Array.from({ length: 40 }, (_, index) => now(index));
		for (const timestamp of tries) expectResponse(await send(scene, delivery, { timestamp }), 200);
		await send(scene, newDelivery(scene));
		for (const isRestarted of [false, true]) {
			if (isRestarted) await scene.host.restart();
			for (const timestamp of tries) {
				const replay = { ...delivery, timestamp, deliveryId: randomUUID() };
				expectResponse(await send(scene, replay), 200);
			}
		}
		expect(scene.host.executions).toHaveLength(2);
	});
});

describe('deduplication across restarts', () => {
	it('what is older than the process is marked, by the time of the event or of the signature', async () => {
		const scene = await openPublished();
		pretendProcessStarted(60_000);
		const old = newDelivery(scene, { at: new Date(Date.now() - 600_000) });
		expectResponse(await send(scene, old), 200);
		expectResponse(await send(scene, newDelivery(scene), { timestamp: now(-120) }), 200);
		expectResponse(await send(scene, newDelivery(scene)), 200);
		expect(scene.host.items.map(({ redelivered }) => redelivered)).toEqual([true, true, undefined]);
	});
});

it.each([
	['two hours ahead', 2 * 3_600_000],
	['two hours back', -2 * 3_600_000],
])('while the clock of n8n is %s, new deliveries are refused and none runs twice', async (_case, by) => {
	const scene = await openPublished();
	const right = Date.now();
	const [before, meanwhile] = [newDelivery(scene), newDelivery(scene)];
	expectResponse(await send(scene, before), 200);
	vi.useFakeTimers({ toFake: ['Date'], now: right + by });
	expectResponse(await send(scene, before), 200);
	expectResponse(await send(scene, meanwhile), 401);
	vi.useRealTimers();
	for (const each of [before, meanwhile]) expectResponse(await send(scene, each), 200);
	expect(scene.host.items.map(({ redelivered }) => redelivered)).toEqual([undefined, undefined]);
});

describe('records of this trigger and of others', () => {
	it('what is stored of a removed trigger goes with the next delivery once its record has expired, and that of a quiet one stays', async () => {
		const scene = await openPublished();
		const { row } = scene.host;
		row.others.push({ ...row.node, id: 'quiet', name: 'Another Trigger', webhookId: 'quiet' });
		await send(scene, newDelivery(scene));
		const left = await withLeftovers(scene, { gone: -1, living: 60, quiet: -1 });
		const ids = [row.node.id, 'living', 'quiet'];
		expect(left).toEqual(ids.flatMap((id) => [`cxoneExpert:${id}`, `cxoneExpertWatch:${id}`]).sort());
	});

	/**
	 * What a delivery leaves in static data of other triggers.
	 *
	 * @param nodes in how many seconds the record of each expires
	 */
	async function withLeftovers(scene: Scene, nodes: Record<string, number>): Promise<string[]> {
		const { row } = scene.host;
		const column = row.loadStaticData() as { global: IDataObject };
		const record = column.global[`cxoneExpert:${row.node.id}`] as IDataObject;
		for (const [id, seconds] of Object.entries(nodes)) {
			column.global[`cxoneExpert:${id}`] = { ...record, keptUntil: Number(now(seconds)) };
			column.global[`cxoneExpertWatch:${id}`] = { registeredUrl: 'https://n8n.example.com' };
		}
		// To a third one nothing has ever come.
		column.global['cxoneExpertWatch:silent'] = { registeredUrl: 'https://n8n.example.com' };
		row.staticData = JSON.stringify(column);
		await send(scene, newDelivery(scene));
		return Object.keys((row.loadStaticData() as { global: IDataObject }).global).sort();
	}
});

describe('static data that others change', () => {
	it('duplicates are recognised after static data is lost', async () => {
		const scene = await openPublished();
		const [first, second] = [newDelivery(scene), newDelivery(scene)];
		await send(scene, first);
		scene.host.row.staticData = '{}';
		expectResponse(await send(scene, first), 200);
		// The next one that is stored brings back the first one as well.
		await send(scene, second);
		await scene.host.restart();
		for (const delivery of [first, second]) expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(2);
	});
});

/** Whether an event that nobody knows is marked. */
async function isMarked(scene: Scene, ageMs: number): Promise<boolean> {
	const delivery = newDelivery(scene, { at: new Date(Date.now() - ageMs) });
	expectResponse(await send(scene, delivery), 200);
	return scene.host.items.at(-1)!.redelivered === true;
}

describe('deliveries in one of several processes', () => {
	it('a webhook process marks an event that is too old for the workers to know', async () => {
		const scene = await openPublished();
		instanceSettings.instanceType = 'webhook';
		expect(await isMarked(scene, 11 * MINUTE)).toBe(true);
		expect(await isMarked(scene, 9 * MINUTE)).toBe(false);
	});

	it('a main process marks an event that is too old for the workers to know once another process has stored deliveries beside it', async () => {
		const scene = await openPublished();
		expect(await isMarked(scene, 11 * MINUTE)).toBe(false);
		await scene.host.idle();
		for (const writer of ['another process', 'another process, later']) {
			expect(await isMarked(scene, 0)).toBe(false);
			await scene.host.idle();
			scene.host.row.staticData = scene.host.row.staticData.replace(/"writer":"[^"]*"/g, `"writer":"${writer}"`);
		}
		expect(await isMarked(scene, 11 * MINUTE)).toBe(true);
		expect(await isMarked(scene, 9 * MINUTE)).toBe(false);
	});

	it('the record that an earlier process has left makes no event look old', async () => {
		const scene = await openPublished();
		expect(await isMarked(scene, 0)).toBe(false);
		await scene.host.restart();
		for (let count = 0; count < 3; count++) {
			expect(await isMarked(scene, 11 * MINUTE)).toBe(false);
		}
	});

	it('the progress of the watch follows deliveries a day behind, after an hour, in a process that watches nothing', async () => {
		const scene = await published({}, 100);
		const { host } = scene;
		await host.restart();
		pretendProcessStarted(0);
		/** What is stored after the delivery of an event of this time. */
		const cursorAfter = async (at: Date) => {
			expectResponse(await send(scene, newDelivery(scene, { at })), 200);
			await host.idle();
			const { global } = JSON.parse(host.row.staticData) as {
				global: Record<string, { progress: { cursor: number } }>;
			};
			return global[`cxoneExpertWatch:${host.row.node.id}`]!.progress.cursor;
		};
		const [earlier, at] = [ago(scene, 120), ago(scene, 60)];
		expect(await cursorAfter(at)).toBeLessThan(at.getTime() - 90 * HOUR);
		passTime(HOUR + 1000);
		const followed = Math.floor(at.getTime() / 1000) * 1000 - 24 * HOUR;
		for (const time of [at, earlier]) expect(await cursorAfter(time)).toBe(followed);
	});
});
