import { randomUUID } from 'node:crypto';
import type { IWebhookFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Deadline } from '../../nodes/CxoneExpert/trigger/delivery/deadline.ts';
import type { Authentic } from '../../nodes/CxoneExpert/trigger/delivery/authenticate.ts';
import { DeliveryMemory, idKey } from '../../nodes/CxoneExpert/trigger/delivery/memory.ts';
import { readMessage } from '../../nodes/CxoneExpert/trigger/delivery/read.ts';
import type { Receipt } from '../../nodes/CxoneExpert/trigger/delivery/receipt.ts';
import { readRecord, readRows } from '../../nodes/CxoneExpert/trigger/delivery/record.ts';
import {
	claimDelivery,
	type DeliveryClaim,
	mayPredateProcess,
	openMemory,
} from '../../nodes/CxoneExpert/trigger/delivery/remember.ts';
import type { TriggerParameters } from '../../nodes/CxoneExpert/trigger/parameters.ts';
import { parameters } from './samples.mts';

/** Long after the start of this process, so that nothing looks older than it. */
const NOW = Date.now() + 3_600_000;
const DAMAGED = [undefined, null, 'damaged', 7, { rows: 'damaged' }, { rows: 5 }];

interface Node {
	id: string;
	name: string;
	workflow: string;
	staticData: Record<string, unknown>;
	mode: 'webhook' | 'manual';
}

function node(changed: Partial<Node> = {}): Node {
	const fresh = { id: randomUUID(), name: 'Trigger', workflow: 'w', staticData: {} };
	return { ...fresh, mode: 'webhook', ...changed };
}

/** One request at a node: only what the memory looks at. */
function receipt(
	{ id, name, workflow, staticData, mode }: Node,
	changed: Partial<TriggerParameters> = {},
	now = NOW,
): Receipt {
	const context = {
		getMode: () => mode,
		getNode: () => ({ id, name }),
		getWorkflow: () => ({ id: workflow }),
		getWorkflowStaticData: (kind: string) => (kind === 'global' ? staticData : {}),
	};
	return {
		context: context as unknown as IWebhookFunctions,
		request: {} as Receipt['request'],
		parameters: parameters(changed),
		policy: { authorization: 'x', secrets: [], verifySignature: true, maxAge: 3600 },
		siteUrl: undefined,
		now,
		arrivedAt: performance.now(),
		deadline: new Deadline(),
	};
}

function delivery(deliveryId: string, changed: Partial<Authentic> = {}): Authentic {
	const signatures = [Buffer.alloc(32, deliveryId)];
	return {
		deliveryId,
		timestamp: `${NOW / 1000}`,
		signedAt: NOW,
		signatures,
		ownSignatures: signatures,
		isOutsideWindow: false,
		body: Buffer.alloc(0),
		...changed,
	};
}

const message = readMessage(Buffer.from('<event type="page:create"/>'), undefined);

async function arrive(at: Node, what: Authentic, now = NOW, text = message) {
	const request = receipt(at, {}, now);
	return await claimDelivery(openMemory(request), what, text, request);
}

function claimed(result: DeliveryClaim | 'done' | 'busy'): DeliveryClaim {
	if (typeof result === 'string') throw new Error(`not claimed but ${result}`);
	return result;
}

function storedIn({ id, staticData }: Node) {
	return readRows(readRecord(staticData[`cxoneExpert:${id}`], NOW).rows);
}

/** A record as an earlier process has left it in static data. */
function leftBehind(id: string, work: (memory: DeliveryMemory) => void): Record<string, unknown> {
	const earlier = new DeliveryMemory('earlier process');
	work(earlier);
	return { [`cxoneExpert:${id}`]: structuredClone(earlier.record()) };
}

const sighting = (deliveryId: string, time = NOW) => ({
	id: idKey(deliveryId),
	signatures: [],
	time: Math.floor(time / 1000),
});

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
	vi.useRealTimers();
});

describe('claimDelivery', () => {
	it('gives the first copy a claim and answers "done" when it is stored', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		expect(claim.mayHaveRun).toBe(false);
		claim.stored();
		expect(await arrive(at, delivery('a'))).toBe('done');
	});

	it('lets a copy wait for the end of the first, and be done when that was stored', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		const copy = arrive(at, delivery('a'));
		claim.stored();
		expect(await copy).toBe('done');
	});

	it('lets a copy wait until the record is stored, too: it could be the only proof', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		claim.storing();
		expect(storedIn(at)).toMatchObject([{ id: idKey('a'), done: true }]);
		const copy = arrive(at, delivery('a'));
		await vi.advanceTimersByTimeAsync(1000);
		expect(await copy).toBe('busy');
		claim.stored();
		expect(await arrive(at, delivery('a'))).toBe('done');
	});

	it('gives the waiting copy the claim when the first was not stored', async () => {
		const at = node();
		const first = claimed(await arrive(at, delivery('a')));
		const copies = [arrive(at, delivery('a')), arrive(at, delivery('a'))];
		first.notStored();
		const second = claimed((await copies[0]) ?? 'busy');
		expect(second.mayHaveRun).toBe(false);
		second.stored();
		expect(await copies[1]).toBe('done');
	});

	it('says "busy" when the time of the copy is over first', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a')));
		const copy = arrive(at, delivery('a'));
		await vi.advanceTimersByTimeAsync(1000);
		expect(await copy).toBe('busy');
	});

	it('of fifty copies at once lets exactly one through', async () => {
		const at = node();
		const copies = Array.from({ length: 50 }, async () => await arrive(at, delivery('a')));
		const first = claimed((await copies[0]) ?? 'busy');
		first.stored();
		const others = await Promise.all(copies.slice(1));
		expect(new Set(others)).toEqual(new Set(['done']));
	});

	it('knows a replay with a fresh delivery id by our own signature', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		const replay = delivery('fresh', { ownSignatures: delivery('a').ownSignatures });
		expect(await arrive(at, replay)).toBe('done');
	});

	it('knows duplicates by id when signatures are not verified', async () => {
		const at = node();
		const unsigned = { signatures: [], ownSignatures: [], signedAt: undefined };
		claimed(await arrive(at, delivery('a', unsigned))).stored();
		expect(await arrive(at, delivery('a', unsigned))).toBe('done');
		claimed(await arrive(at, delivery('b', unsigned)));
	});

	it('keeps two nodes apart, and two workflows with a node of the same id', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		claimed(await arrive(node(), delivery('a')));
		claimed(await arrive(node({ id: at.id, workflow: 'a copy of it' }), delivery('a')));
	});
});

describe('what is stored in static data', () => {
	it('is written when the execution is stored, not before', async () => {
		const at = node();
		const claim = claimed(await arrive(at, delivery('a')));
		expect(at.staticData).toEqual({});
		claim.stored();
		expect(storedIn(at)).toMatchObject([{ id: idKey('a'), done: true }]);
	});

	it('is not written when the execution was not stored', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).notStored();
		expect(at.staticData).toEqual({});
	});

	it('holds other deliveries that are still in progress as claimed, never as done', async () => {
		const at = node();
		claimed(await arrive(at, delivery('b')));
		claimed(await arrive(at, delivery('a'))).stored();
		expect(storedIn(at).map(({ id, done }) => [id, done])).toEqual([
			[idKey('b'), false],
			[idKey('a'), true],
		]);
	});

	it('is plain data that survives being saved and loaded', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		expect(JSON.parse(JSON.stringify(at.staticData))).toEqual(at.staticData);
	});

	it('is another object each time: n8n sees no change within one', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		const before = at.staticData[`cxoneExpert:${at.id}`];
		claimed(await arrive(at, delivery('b'))).stored();
		expect(at.staticData[`cxoneExpert:${at.id}`]).not.toBe(before);
	});

	it('is named by node id: renaming the node loses nothing', async () => {
		const id = randomUUID();
		const staticData = leftBehind(id, (memory) => {
			const verdict = memory.claim(sighting('a'));
			if (verdict.kind === 'claimed') verdict.claim.done();
		});
		expect(await arrive(node({ id, name: 'New name', staticData }), delivery('a'))).toBe('done');
	});

	it('heals: an older state that another request has put back is replaced by all that is known', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		at.staticData = {};
		claimed(await arrive(at, delivery('b'))).stored();
		expect(storedIn(at).map(({ id }) => id)).toEqual([idKey('a'), idKey('b')]);
	});

	it('leaves what others have put there alone', async () => {
		const at = node({ staticData: { mine: 1 } });
		claimed(await arrive(at, delivery('a'))).stored();
		expect(at.staticData.mine).toBe(1);
	});

	it.each(DAMAGED)('may be damaged: %j is no reason not to run', async (damaged) => {
		const id = randomUUID();
		const at = node({ id, staticData: { [`cxoneExpert:${id}`]: damaged } });
		const claim = claimed(await arrive(at, delivery('a')));
		expect(claim.mayHaveRun).toBe(false);
		claim.stored();
		expect(storedIn(at)).toHaveLength(1);
	});

	it('of an earlier process that had only claimed a delivery marks it', async () => {
		const id = randomUUID();
		const staticData = leftBehind(id, (memory) => memory.claim(sighting('a')));
		const at = node({ id, staticData });
		const claim = claimed(await arrive(at, delivery('a')));
		expect(claim.mayHaveRun).toBe(true);
		claim.stored();
		expect(await arrive(at, delivery('a'))).toBe('done');
	});
});

describe('a test in the editor', () => {
	it('remembers nothing and stores nothing', async () => {
		const at = node({ mode: 'manual' });
		claimed(await arrive(at, delivery('a'))).stored();
		claimed(await arrive(at, delivery('a'))).stored();
		expect(at.staticData).toEqual({});
	});

	it('marks nothing, however old the event is', async () => {
		const old = readMessage(Buffer.from('<event datetime="2001-01-01T00:00:00Z"/>'), undefined);
		const claim = claimed(await arrive(node({ mode: 'manual' }), delivery('a'), NOW, old));
		expect(claim.mayHaveRun).toBe(false);
	});

	it('takes nothing from what the published workflow remembers', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		claimed(await arrive({ ...at, mode: 'manual' }, delivery('a'))).stored();
		expect(await arrive(at, delivery('a'))).toBe('done');
	});
});

describe('old timestamps', () => {
	const outside = { isOutsideWindow: true };

	it('are refused', () => {
		expect(openMemory(receipt(node())).refusesAsOld(delivery('a', outside))).toBe(true);
		expect(openMemory(receipt(node())).refusesAsOld(delivery('a'))).toBe(false);
	});

	it('pass when the delivery id is remembered as done', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		const late = delivery('a', { ...outside, signatures: [Buffer.alloc(32, 9)] });
		expect(openMemory(receipt(at)).refusesAsOld(late)).toBe(false);
	});

	it('pass when the signature is remembered as done', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a'))).stored();
		const late = delivery('fresh', { ...outside, signatures: delivery('a').signatures });
		expect(openMemory(receipt(at)).refusesAsOld(late)).toBe(false);
	});

	it('are refused while the delivery is only claimed', async () => {
		const at = node();
		claimed(await arrive(at, delivery('a')));
		expect(openMemory(receipt(at)).refusesAsOld(delivery('a', outside))).toBe(true);
	});

	it('within the window are refused, too, when a delivery of that time may be forgotten', async () => {
		const at = node();
		const request = { rememberAtMost: 1 };
		claimed(await arrive(at, delivery('a', { signedAt: NOW - 60_000 }))).stored();
		claimed(await arrive(at, delivery('b', { signedAt: NOW - 50_000 }))).stored();
		const remembered = openMemory(receipt(at, request));
		expect(remembered.refusesAsOld(delivery('a', { signedAt: NOW - 60_000 }))).toBe(true);
		expect(remembered.refusesAsOld(delivery('c', { signedAt: NOW - 55_000 }))).toBe(false);
		expect(remembered.refusesAsOld(delivery('b', { signedAt: NOW - 60_000 }))).toBe(false);
	});

	it('do not matter when signatures are not verified', () => {
		const unsigned = { signedAt: undefined, signatures: [] };
		expect(openMemory(receipt(node())).refusesAsOld(delivery('a', unsigned))).toBe(false);
	});
});

describe('a delivery that nobody knows and whose event is older than this process', () => {
	const event = (datetime: string) =>
		readMessage(Buffer.from(`<event datetime="${datetime}"/>`), undefined);

	it.each([
		['by its own time', delivery('a'), event('2001-01-01T00:00:00Z'), true],
		['by the signed time', delivery('a', { signedAt: NOW - 7_200_000 }), message, true],
		['by neither', delivery('a'), event(new Date(NOW - 1000).toISOString()), false],
		['by neither, as its time cannot be read', delivery('a'), event('soon'), false],
		[
			'by the signed time, as it cannot be read',
			delivery('a', { signedAt: NOW - 7_200_000 }),
			readMessage(Buffer.from('not XML'), undefined),
			true,
		],
	])('is marked: %s', async (_case, what, text, expected) => {
		expect(claimed(await arrive(node(), what, NOW, text)).mayHaveRun).toBe(expected);
	});
});

describe('mayPredateProcess', () => {
	const start = 1_000_000_000_000;
	const at = (seconds: number) => start + seconds * 1000;

	it.each([
		['an event from before the start', [at(-1)], at(100), true],
		['an event at the start', [at(0)], at(100), true],
		['an event 2 seconds after the start: clocks differ', [at(2)], at(100), true],
		['an event 10 seconds after the start', [at(10)], at(100), false],
		['an old event that was signed anew', [at(99), at(-50)], at(100), true],
		['an old signature', [at(-50), at(99)], at(100), true],
		['an event of now', [at(100)], at(100), false],
		['a site that is 200 seconds ahead', [at(300), at(299)], at(100), true],
		['a site that is 20 seconds ahead', [at(120), at(119)], at(100), false],
		['no time at all', [], at(100), false],
		['no time that is known', [undefined, Number.NaN], at(100), false],
		['a time that is not known beside one that is', [undefined, at(-1)], at(100), true],
		['no time, right after the start', [], at(2), true],
	])('%s', (_case, times, now, expected) => {
		expect(mayPredateProcess(times, now, start)).toBe(expected);
	});

	it('counts from the start of this process unless told otherwise', () => {
		const now = performance.timeOrigin + 3_600_000;
		expect(mayPredateProcess([performance.timeOrigin - 1], now)).toBe(true);
		expect(mayPredateProcess([performance.timeOrigin + 60_000], now)).toBe(false);
	});
});
