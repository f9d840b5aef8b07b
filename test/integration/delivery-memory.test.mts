import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { expectResponse, newDelivery, now, send } from '../support/integration/delivery.mts';
import { gate } from '../support/integration/gate.mts';
import { pretendProcessStarted } from '../support/integration/package-under-test.mts';
import { startRequest } from '../support/integration/raw-request.mts';
import { openPublished, type Scene, useScenes } from '../support/integration/scene.mts';
import { passUntil, stopTime } from '../support/integration/stop-time.mts';
import { storedRecord } from '../support/ledger.mts';

useScenes();

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

	it('a replay under the id of an unsaved delivery does not run, and that delivery still does', async () => {
		const scene = await openPublished();
		const ran = newDelivery(scene, { subject: { page: { id: 1, path: 'Ran' } } });
		expectResponse(await send(scene, ran), 200);
		const open = newDelivery(scene, { subject: { page: { id: 2, path: 'Open' } } });
		scene.host.store = () => Promise.reject(new Error('database is down'));
		expectResponse(await send(scene, open), 503);
		scene.host.store = async () => {};
		expectResponse(await send(scene, ran, { deliveryId: open.deliveryId }), 200);
		expect(scene.host.executions).toHaveLength(1);
		expectResponse(await send(scene, open, { timestamp: now(1) }), 200);
		expect(scene.host.items.map(({ page }) => (page as IDataObject).path)).toEqual(['Ran', 'Open']);
	});

	it('an event is recognised under another delivery id, timestamp and content', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		await send(scene, delivery);
		const body = String(delivery.body).replace('</event>', '<later/></event>');
		const again = { ...delivery, deliveryId: randomUUID(), timestamp: now(5), body };
		expectResponse(await send(scene, again), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a recording under the id of a delivery that has run starts nothing, and the event itself runs', async () => {
		const scene = await openPublished();
		const [ran, recorded] = [newDelivery(scene), newDelivery(scene)];
		expectResponse(await send(scene, ran), 200);
		expectResponse(await send(scene, recorded, { deliveryId: ran.deliveryId }), 200);
		expect(scene.host.executions).toHaveLength(1);
		expectResponse(await send(scene, recorded), 200);
		expect(scene.host.items.map(({ deliveryId }) => deliveryId)).toEqual([
			ran.deliveryId,
			recorded.deliveryId,
		]);
	});

	it('a recording under the id of a delivery that was told to retry does not take its place', async () => {
		const scene = await openPublished();
		const [retried, recorded] = [newDelivery(scene), newDelivery(scene)];
		scene.host.store = async () => {
			throw new Error('n8n cannot save');
		};
		expectResponse(await send(scene, retried), 503);
		scene.host.store = async () => {};
		expectResponse(await send(scene, recorded, { deliveryId: retried.deliveryId }), 200);
		expectResponse(await send(scene, retried), 200);
		expectResponse(await send(scene, recorded), 200);
		const ran = scene.host.items.map(({ eventId }) => eventId);
		expect(new Set(ran).size).toBe(2);
		expect(ran).toHaveLength(2);
	});

	it('a delivery that was filtered out runs when it is sent again without the filter', async () => {
		const scene = await openPublished({ parameters: { filters: { pathPrefixes: ['Other'] } } });
		const delivery = newDelivery(scene);
		expectResponse(await send(scene, delivery), 200);
		scene.host.row.node.parameters.filters = {};
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it.each(['utf-16le', 'utf-16be', 'iso-8859-1', 'koi8-r'])(
		'a recording of what was filtered out starts nothing under another charset (%s)',
		async (charset) => {
			const filters = { excludeUsers: ['Jörg'] };
			const scene = await openPublished({ parameters: { filters } });
			scene.site.settings.requestDetails = 'user';
			scene.site.site.createUser('Jörg');
			const delivery = newDelivery(scene, { by: 'Jörg' });
			expectResponse(await send(scene, delivery), 200);
			const contentType = `text/xml; charset=${charset}`;
			expectResponse(await send(scene, delivery, { contentType }), 200);
			expect(scene.host.executions).toEqual([]);
		},
	);

	it('two workflows each run the same delivery', async () => {
		const [one, two] = [await openPublished(), await openPublished()];
		const delivery = newDelivery(one);
		expectResponse(await send(one, delivery), 200);
		expectResponse(await send(two, delivery), 200);
		expect([one.host.executions.length, two.host.executions.length]).toEqual([1, 1]);
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

	it('a copy of the oldest delivery in a full record starts nothing, although the copy evicts it', async () => {
		const scene = await openPublished();
		const { row } = scene.host;
		const start = Number(now()) - 3000;
		const record = storedRecord(Array.from({ length: 10_101 }, () => start));
		row.staticData = JSON.stringify({ global: { [`cxoneExpert:${row.node.id}`]: record } });
		const copy = { ...newDelivery(scene), deliveryId: 'earlier-0' };
		expectResponse(await send(scene, copy), 200);
		expect(scene.host.executions).toEqual([]);
	});

	it('a delivery that got 503 runs, marked, although 10,200 newer ones came before it is sent again', async () => {
		const scene = await openPublished();
		const { row } = scene.host;
		const retried = newDelivery(scene);
		scene.host.store = () => Promise.reject(new Error('database is down'));
		expectResponse(await send(scene, retried), 503);
		scene.host.store = async () => {};
		const record = storedRecord(Array.from({ length: 10_200 }, () => Number(now()) + 1));
		row.staticData = JSON.stringify({ global: { [`cxoneExpert:${row.node.id}`]: record } });
		expectResponse(await send(scene, newDelivery(scene), { timestamp: now(2) }), 200);
		expectResponse(await send(scene, retried), 200);
		expectResponse(await send(scene, retried), 200);
		expect(scene.host.items.slice(1)).toMatchObject([
			{ deliveryId: retried.deliveryId, redelivered: true },
		]);
		expect(scene.host.executions).toHaveLength(2);
	});

	it('a delivery that came a day ago is not remembered any longer, unless Deliveries: Max Age is longer', async () => {
		for (const [maxDeliveryAge, status] of [
			[3600, 401],
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
	it('a delivery that is too old gets 401 although a filter excludes it', async () => {
		const scene = await openPublished({ parameters: { filters: { pathPrefixes: ['Other'] } } });
		expectResponse(await send(scene, newDelivery(scene), { timestamp: now(-7200) }), 401);
	});

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

	it('a replay whose body is held back until its first copy is evicted is marked', async () => {
		const scene = await openPublished();
		const { row } = scene.host;
		const start = Number(now()) - 3000;
		const first = { ...newDelivery(scene), timestamp: String(start) };
		expectResponse(await send(scene, first), 200);
		const reading = gate();
		scene.host.read = reading.wait;
		const replay = { ...first, deliveryId: randomUUID() };
		stopTime();
		const request = startRequest(scene, replay, Buffer.byteLength(replay.body));
		await reading.reached;
		// Its headers have been checked. Now so many come that the first copy is evicted.
		scene.host.read = async () => {};
		const key = `cxoneExpert:${row.node.id}`;
		const record = storedRecord(Array.from({ length: 10_101 }, () => start + 60));
		row.staticData = JSON.stringify({ global: { [key]: record } });
		expectResponse(await send(scene, newDelivery(scene)), 200);
		reading.open();
		request.end(replay.body as string);
		await scene.host.idle();
		expectResponse(await passUntil(request.response), 200);
		const marks = scene.host.items.map(({ redelivered }) => redelivered);
		expect(marks).toEqual([undefined, undefined, true]);
	});
});

describe('deduplication across restarts', () => {
	it('20 concurrent deliveries each run once, also when they come again after a restart', async () => {
		const scene = await openPublished();
		scene.host.store = slowly;
		const deliveries = Array.from({ length: 20 }, () => newDelivery(scene));
		const responses = await Promise.all(deliveries.map((delivery) => send(scene, delivery)));
		// A busy machine may be late with some.
		for (const { status } of responses) expect([200, 503]).toContain(status);
		await scene.host.idle();
		await scene.host.restart();
		for (const delivery of deliveries) expectResponse(await send(scene, delivery), 200);
		const ran = scene.host.items.map(({ deliveryId }) => deliveryId);
		expect(ran.sort()).toEqual(deliveries.map(({ deliveryId }) => deliveryId).sort());
	});

	it('a duplicate is recognised after the node is renamed', async () => {
		const scene = await openPublished();
		const delivery = newDelivery(scene);
		await send(scene, delivery);
		scene.host.row.node.name = 'Expert says';
		expectResponse(await send(scene, delivery), 200);
		await scene.host.restart();
		expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(1);
	});

	it('a delivery that was only claimed before a crash runs once more, marked', async () => {
		const scene = await openPublished();
		const interrupted = newDelivery(scene);
		const storing = gate();
		scene.host.store = storing.wait;
		const lost = send(scene, interrupted);
		await storing.reached;
		scene.host.store = async () => {};
		// Stores the record, and with it the claim of the first one. Then the process dies.
		await send(scene, newDelivery(scene));
		const column = scene.host.row.staticData;
		storing.fail(new Error('the process died'));
		await lost;
		await scene.host.restart();
		scene.host.row.staticData = column;
		expectResponse(await send(scene, interrupted), 200);
		expectResponse(await send(scene, interrupted), 200);
		expect(scene.host.items.slice(1)).toEqual([
			expect.objectContaining({ deliveryId: interrupted.deliveryId, redelivered: true }),
		]);
	});

	it('what is older than the process is marked, by the time of the event or of the signature', async () => {
		const scene = await openPublished();
		pretendProcessStarted(60_000);
		const old = newDelivery(scene, { at: new Date(Date.now() - 600_000) });
		expectResponse(await send(scene, old), 200);
		expectResponse(await send(scene, newDelivery(scene), { timestamp: now(-120) }), 200);
		expectResponse(await send(scene, newDelivery(scene)), 200);
		expect(scene.host.items.map(({ redelivered }) => redelivered)).toEqual([true, true, undefined]);
	});

	it('what is older than the process is marked, also if the clock was an hour behind when the process started', async () => {
		const scene = await openPublished();
		pretendProcessStarted(60_000);
		const value = Date.now() - 3_660_000;
		Object.defineProperty(performance, 'timeOrigin', { value, configurable: true });
		onTestFinished(() => void Reflect.deleteProperty(performance, 'timeOrigin'));
		const old = newDelivery(scene, { at: new Date(Date.now() - 600_000) });
		expectResponse(await send(scene, old), 200);
		expect(scene.host.items).toEqual([expect.objectContaining({ redelivered: true })]);
	});
});

describe('events without a time', () => {
	it.each([
		['has no datetime', (xml: string) => xml.replace(/ datetime="[^"]*"/, '')],
		['cannot be read', () => 'not XML'],
	])(
		'an event that %s is marked right after a start of n8n and not later',
		async (_case, change) => {
			const scene = await openPublished();
			const delivery = newDelivery(scene);
			delivery.body = change(String(delivery.body));
			pretendProcessStarted(5_000);
			expectResponse(await send(scene, delivery), 200);
			pretendProcessStarted(2 * 3_600_000);
			const body = change(String(newDelivery(scene).body));
			expectResponse(await send(scene, { ...newDelivery(scene), body, timestamp: now(1) }), 200);
			expect(scene.host.items.map(({ redelivered }) => redelivered)).toEqual([true, undefined]);
		},
	);
});

it.each([
	['two hours ahead', 2 * 3_600_000],
	['two hours back', -2 * 3_600_000],
])(
	'while the clock of n8n is %s, new deliveries are refused and none runs twice',
	async (_case, by) => {
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
	},
);

describe('records of this trigger and of others', () => {
	it('what is stored of a removed trigger goes with the next delivery once its record has expired', async () => {
		const scene = await openPublished();
		await send(scene, newDelivery(scene));
		const { id } = scene.host.row.node;
		const left = await withLeftovers(scene, { gone: -1, living: 60 });
		expect(left).toEqual([
			...[`cxoneExpert:${id}`, 'cxoneExpert:living'].sort(),
			...[`cxoneExpertWatch:${id}`, 'cxoneExpertWatch:living'].sort(),
		]);
	});

	it('what is stored of a quiet trigger of the same workflow stays', async () => {
		const scene = await openPublished();
		const { row } = scene.host;
		row.others.push({ ...row.node, id: 'quiet', name: 'Another Trigger', webhookId: 'quiet' });
		await send(scene, newDelivery(scene));
		const left = await withLeftovers(scene, { quiet: -1 });
		expect(left).toContain('cxoneExpertWatch:quiet');
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

	it.each(['published again', 'tried in the editor'])(
		'a delivery that old static data lacks is recognised after the workflow is %s',
		async (change) => {
			const scene = await openPublished();
			const { row, production, test } = scene.host;
			const delivery = newDelivery(scene);
			await send(scene, newDelivery(scene));
			const { staticData } = row;
			await send(scene, delivery);
			// Another trigger of the workflow, or another process, has saved what it had loaded before.
			row.staticData = staticData;
			const hooks = change === 'published again' ? production : test;
			if (hooks === production) await production.unpublish();
			else await test.publish();
			if (hooks === production) await production.publish();
			else await test.unpublish();
			expectResponse(await send(scene, delivery, { timestamp: now(1) }), 200);
			expect(scene.host.executions).toHaveLength(2);
		},
	);
});

describe('static data that others change', () => {
	it.each(['null', '{}', '{"global":{}}'])(
		'duplicates are recognised after static data becomes %s',
		async (column) => {
			const scene = await openPublished();
			const [first, second] = [newDelivery(scene), newDelivery(scene)];
			await send(scene, first);
			scene.host.row.staticData = column;
			expectResponse(await send(scene, first), 200);
			// The next one that is stored brings back the first one as well.
			await send(scene, second);
			await scene.host.restart();
			for (const delivery of [first, second]) expectResponse(await send(scene, delivery), 200);
			expect(scene.host.executions).toHaveLength(2);
		},
	);

	it('a later node that writes static data in each execution loses no record, across a restart', async () => {
		const scene = await openPublished();
		scene.host.downstream = writeStaticData;
		const deliveries = Array.from({ length: 3 }, () => newDelivery(scene));
		for (const delivery of deliveries) {
			await send(scene, delivery);
			await scene.host.idle();
		}
		expect(JSON.parse(scene.host.row.staticData)).toMatchObject({ global: { counter: 3 } });
		await scene.host.restart();
		for (const delivery of deliveries) expectResponse(await send(scene, delivery), 200);
		expect(scene.host.executions).toHaveLength(3);
	});

	it('static data is saved once per delivery when no later node writes to it', async () => {
		const scene = await openPublished();
		const { saves } = scene.host.row;
		for (let count = 1; count <= 3; count++) {
			await send(scene, newDelivery(scene));
			await scene.host.idle();
			expect(scene.host.row.saves - saves).toBe(count);
		}
		expect(scene.host.thrown).toEqual([]);
	});

	it('refused deliveries store nothing in static data', async () => {
		const scene = await openPublished();
		const { staticData } = scene.host.row;
		await send(scene, newDelivery(scene), { secret: 'x' });
		await send(scene, newDelivery(scene), { authorization: 'Bearer x' });
		await send(scene, newDelivery(scene), { timestamp: '1' });
		expect(scene.host.row.staticData).toBe(staticData);
	});
});

/** As a Code node does: it works on a copy that it was sent as text. */
function writeStaticData(staticData: IDataObject): void {
	const global = JSON.parse(JSON.stringify(staticData.global ?? {})) as { counter?: number };
	staticData.global = { ...global, counter: (global.counter ?? 0) + 1 };
}
