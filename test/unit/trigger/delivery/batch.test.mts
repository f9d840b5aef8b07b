import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RESPONSE_DEADLINE_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import {
	type Line,
	lineOf,
	MAX_BATCH_BYTES,
	MAX_BATCH_ITEMS,
	MAX_GATHER_MS,
	MAX_WAIT_MS,
	newLine,
	takeBatch,
	takeOverdue,
	type Waiting,
} from '../../../../nodes/CxoneExpert/trigger/delivery/batch.ts';
import { observedReliances } from '../../../../nodes/CxoneExpert/n8n/execution-persisted.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import { n8nOf, type NodeState, nodeState } from '../../../support/unit/delivery-context.mts';
import {
	confirm,
	type Emitted,
	EmittedDelivery,
	fail,
	type Joined,
} from '../../../support/unit/emitted-delivery.mts';
import { closeServers, statusOf } from '../../../support/unit/raw-exchange.mts';

const SEVERAL = { deliveriesPerExecution: 'severalWhenBusy' } as const;
const NOTHING_TO_RUN = { noWebhookResponse: true };

const id = randomUUID();

/** A delivery to the same node, unless the test says otherwise. */
function delivery(deliveryId: string, at: Partial<NodeState> = {}): EmittedDelivery {
	return new EmittedDelivery(deliveryId, { id, ...at });
}

async function pass(ms: number): Promise<void> {
	await vi.advanceTimersByTimeAsync(ms);
}

/** Whether n8n still waits for what the node returns. */
async function isHeld({ returned }: Joined): Promise<boolean> {
	return await Promise.race([returned.then(() => false), pass(0).then(() => true)]);
}

async function led({ returned, ...rest }: Joined): Promise<Emitted> {
	return { ...rest, returned: await returned };
}

function ranIn({ returned }: Emitted): unknown {
	return returned.workflowData?.[0]?.map(({ json }) => json.deliveryId);
}

const line = () => lineOf(n8nOf(nodeState({ id }), { info: [], warn: [], error: [] }));
const isQuiet = () => line().saving === 0 && line().waiting.length === 0;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
	clearMemory();
	observedReliances.add('shows writing');
});
afterEach(() => {
	vi.useRealTimers();
	closeServers();
});

/** Deliveries a, b and c, of which n8n is saving the first. */
async function three(acknowledge: 'saved' | 'immediately' = 'saved') {
	const all = ['a', 'b', 'c'].map((each) => delivery(each)) as [
		EmittedDelivery,
		EmittedDelivery,
		EmittedDelivery,
	];
	const first = await all[0].begin({ ...SEVERAL, acknowledge });
	const second = await all[1].join({ ...SEVERAL, acknowledge });
	const third = await all[2].join({ ...SEVERAL, acknowledge });
	return { all, first, second, third };
}

describe('giveToN8n', () => {
	it('what comes late of a batch that is over does not move the line of the next one', async () => {
		const { first, second } = await three();
		await pass(RESPONSE_DEADLINE_MS);
		await led(second);
		const fourth = await delivery('d').join(SEVERAL);
		confirm(first);
		expect(await isHeld(fourth)).toBe(true);
		expect(statusOf(await first.text)).toBe(503);
	});
});

describe('giveToN8n, in a burst', () => {
	/** n8n is saving b, c and d together, and e has come meanwhile. */
	async function batchOfThree() {
		const first = await delivery('a').begin(SEVERAL);
		const second = await delivery('b').join(SEVERAL);
		for (const each of ['c', 'd']) await delivery(each).join(SEVERAL);
		confirm(first);
		const leader = await led(second);
		return { leader, fifth: await delivery('e').join(SEVERAL) };
	}

	it('the next deliveries gather until they are as many as in the last batch', async () => {
		const { leader, fifth } = await batchOfThree();
		confirm(leader);
		await delivery('f').join(SEVERAL);
		await pass(MAX_GATHER_MS - 1);
		expect(await isHeld(fifth)).toBe(true);
		const seventh = await delivery('g').join(SEVERAL);
		expect(ranIn(await led(fifth))).toEqual(['e', 'f', 'g']);
		expect(await seventh.returned).toEqual(NOTHING_TO_RUN);
		const eighth = await delivery('h').join(SEVERAL);
		await pass(MAX_GATHER_MS);
		expect(await isHeld(eighth)).toBe(true);
	});

	it('deliveries that gather go to n8n after a quarter of a second, and the burst waits no more', async () => {
		const { leader, fifth } = await batchOfThree();
		confirm(leader);
		await delivery('f').join(SEVERAL);
		expect(MAX_GATHER_MS).toBe(250);
		await pass(MAX_GATHER_MS);
		const next = await led(fifth);
		expect(ranIn(next)).toEqual(['e', 'f']);
		const seventh = await delivery('g').join(SEVERAL);
		confirm(next);
		expect(ranIn(await led(seventh))).toEqual(['g']);
	});

	it('the next burst gathers again', async () => {
		const { leader, fifth } = await batchOfThree();
		confirm(leader);
		await pass(MAX_GATHER_MS);
		confirm(await led(fifth));
		expect(isQuiet()).toBe(true);
		const again = await batchOfThree();
		confirm(again.leader);
		expect(await isHeld(again.fifth)).toBe(true);
	});

	it('nobody waits for others when n8n has failed', async () => {
		const { leader, fifth } = await batchOfThree();
		fail(leader);
		expect(ranIn(await led(fifth))).toEqual(['e']);
	});
});

describe('giveToN8n, when a delivery has waited for a minute', () => {
	/** The first one is saved when the others have waited for so long. */
	async function overdue(acknowledge: 'saved' | 'immediately') {
		const scene = await three(acknowledge);
		for (const waiting of line().waiting) waiting.since -= MAX_WAIT_MS;
		confirm(scene.first);
		return scene;
	}

	it('a delivery gives up: its sender is told to retry, and the retry runs', async () => {
		const { all, second, third } = await overdue('saved');
		expect(await second.returned).toEqual(NOTHING_TO_RUN);
		expect(await third.returned).toEqual(NOTHING_TO_RUN);
		expect(statusOf(await second.text)).toBe(503);
		expect(statusOf(await third.text)).toBe(503);
		expect([all[1].copy(), all[2].copy()]).toEqual(['runs', 'runs']);
		expect(isQuiet()).toBe(true);
	});
});

describe('giveToN8n, when another version goes live in a burst', () => {
	it('a delivery to a version with "One" does not overtake those that wait', async () => {
		const inBurst = { deliveriesPerExecution: 'severalInBurst' } as const;
		const first = await delivery('a').begin(inBurst);
		const second = await delivery('b').begin(inBurst);
		const third = await delivery('c').join(inBurst);
		const fourth = await delivery('d').join({ deliveriesPerExecution: 'one' });
		expect(await isHeld(fourth)).toBe(true);
		confirm(first);
		confirm(second);
		expect(ranIn(await led(third))).toEqual(['c', 'd']);
	});
});

describe('giveToN8n, the record of a burst', () => {
	it('one that was saved too late to write the record does not count as having written it', async () => {
		const one = { deliveriesPerExecution: 'one' } as const;
		const late = await delivery('late').begin(one);
		await pass(6_000);
		const next = delivery('next');
		const begun = await next.begin(one);
		for (const other of ['x', 'y']) await delivery(other).begin(one);
		confirm(late);
		confirm(begun);
		expect(next.storeRecord).toHaveBeenCalledOnce();
	});

	it('the record is written although others wait: n8n may stop before it saves them', async () => {
		const inBurst = { deliveriesPerExecution: 'severalInBurst' } as const;
		const [a, b] = [delivery('a'), delivery('b')];
		const begun = [await a.begin(inBurst), await b.begin(inBurst)];
		for (const other of ['c', 'd']) await delivery(other).join(inBurst);
		for (const each of begun) confirm(each);
		expect(a.storeRecord).toHaveBeenCalledOnce();
		expect(b.storeRecord).toHaveBeenCalledOnce();
	});

	it('the record is written by the first of a burst, then once a second, and by the last two', async () => {
		const one = { deliveriesPerExecution: 'one' } as const;
		const arrive = async (each: string) => {
			const arrived = delivery(each);
			return { arrived, begun: await arrived.begin(one) };
		};
		const writes = ({ arrived, begun }: Awaited<ReturnType<typeof arrive>>) => {
			confirm(begun);
			return arrived.storeRecord.mock.calls.length;
		};
		const [a, b, c] = [await arrive('a'), await arrive('b'), await arrive('c')];
		expect(writes(a)).toBe(1);
		await pass(500);
		const d = await arrive('d');
		expect(writes(b)).toBe(0);
		await pass(399);
		const e = await arrive('e');
		expect(writes(c)).toBe(0);
		await pass(101);
		const f = await arrive('f');
		expect(writes(d)).toBe(1);
		expect(writes(e)).toBe(1);
		expect(writes(f)).toBe(1);
	});
});

interface Sizes {
	items?: number;
	bytes?: number;
	/** What its sender was told. */
	status?: number;
}

function waiting({ items = 1, bytes = 10, status }: Sizes = {}): Waiting {
	const delivery = {
		items: Array.from({ length: items }, () => ({ json: {} })),
		context: { response: { status } },
	};
	return { delivery, bytes, since: performance.now(), leave: () => {} } as unknown as Waiting;
}

const lineWith = (...sizes: Sizes[]): Line => ({ ...newLine(), waiting: sizes.map(waiting) });

describe('takeBatch', () => {
	it('takeBatch takes all in order of arrival when they fit', () => {
		const line = lineWith({}, {}, {});
		const all = [...line.waiting];
		expect(takeBatch(line)).toEqual(all);
		expect(line.waiting).toEqual([]);
	});

	it('takeBatch takes 100 items at most, and leaves the rest in order', () => {
		const line = lineWith({ items: 60 }, { items: 40 }, { items: 1 }, { items: 2 });
		const all = [...line.waiting];
		expect(MAX_BATCH_ITEMS).toBe(100);
		expect(takeBatch(line)).toEqual(all.slice(0, 2));
		expect(line.waiting).toEqual(all.slice(2));
	});

	it('takeBatch takes 1 MB at most', () => {
		expect(MAX_BATCH_BYTES).toBe(2 ** 20);
		const line = lineWith({ bytes: 2 ** 20 - 1 }, { bytes: 1 }, { bytes: 1 });
		expect(takeBatch(line)).toHaveLength(2);
	});

	it.each<[string, Sizes]>([
		['items', { items: MAX_BATCH_ITEMS + 1 }],
		['text', { bytes: MAX_BATCH_BYTES + 1 }],
	])('takeBatch takes a delivery with too much %s alone', (_case, tooMuch) => {
		expect(takeBatch(lineWith(tooMuch, {}))).toHaveLength(1);
		const line = lineWith({}, tooMuch, {});
		expect(
			[takeBatch(line), takeBatch(line), takeBatch(line)].map((batch) => batch.length),
		).toEqual([1, 1, 1]);
	});
});

describe('takeOverdue', () => {
	it('takeOverdue takes those that have waited for a minute, and leaves the others', () => {
		const line = lineWith({ status: 503 }, {});
		const old = [...line.waiting];
		vi.advanceTimersByTime(1);
		const younger = waiting();
		line.waiting.push(younger);
		vi.advanceTimersByTime(MAX_WAIT_MS - 1);
		expect(MAX_WAIT_MS).toBe(60_000);
		expect(takeOverdue(line)).toEqual(old);
		expect(line.waiting).toEqual([younger]);
	});

	it('takeOverdue leaves what Expert was told 200', () => {
		const line = lineWith({ status: 200 });
		vi.advanceTimersByTime(MAX_WAIT_MS);
		expect(takeOverdue(line)).toEqual([]);
		expect(line.waiting).toHaveLength(1);
	});
});
