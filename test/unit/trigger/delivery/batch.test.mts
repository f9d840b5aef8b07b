import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RESPONSE_DEADLINE_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';
import { PRESUMPTION_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/save.ts';
import {
	lines,
	MAX_GATHER_MS,
	MAX_WAIT_MS,
} from '../../../../nodes/CxoneExpert/trigger/delivery/batch.ts';
import { observedReliances } from '../../../../nodes/CxoneExpert/n8n/execution-persisted.ts';
import { clearMemory } from '../../../../nodes/CxoneExpert/shared/per-node.ts';
import type { NodeState } from '../../../support/unit/delivery-context.mts';
import {
	confirm,
	type Emitted,
	EmittedDelivery,
	fail,
	type Joined,
	write,
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

const linesAtWork = () => lines.keys().length;

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
	it('each of a batch has a deadline of its own: 503 when it has waited too long', async () => {
		const first = await delivery('a').begin(SEVERAL);
		await pass(500);
		const [b, c] = [delivery('b'), delivery('c')];
		const second = await b.join(SEVERAL);
		await pass(300);
		const third = await c.join(SEVERAL);
		confirm(first);
		const leader = await led(second);
		await pass(RESPONSE_DEADLINE_MS - 300);
		expect(statusOf(await second.text)).toBe(503);
		expect(third.n8n.headersSent).toBe(false);
		confirm(leader);
		expect(statusOf(await third.text)).toBe(200);
		expect([b.copy(), c.copy()]).toEqual(['done', 'done']);
		await first.text;
	});

	it('a delivery that was told to retry before its turn is never presumed saved', async () => {
		const { all, first, second, third } = await three();
		await pass(RESPONSE_DEADLINE_MS - 1);
		const leader = await (async () => {
			confirm(first);
			return await led(second);
		})();
		await pass(1);
		write(leader);
		await pass(PRESUMPTION_MS);
		expect(statusOf(await second.text)).toBe(503);
		expect(statusOf(await third.text)).toBe(503);
		expect([all[1].copy(), all[2].copy()]).toEqual(['in progress', 'in progress']);
		confirm(leader);
		expect([all[1].copy(), all[2].copy()]).toEqual(['done', 'done']);
		await first.text;
	});

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
		expect(linesAtWork()).toBe(0);
		const again = await batchOfThree();
		confirm(again.leader);
		expect(await isHeld(again.fifth)).toBe(true);
	});

	it('deliveries go to n8n at once when they are as many as in the last batch', async () => {
		const { leader, fifth } = await batchOfThree();
		for (const each of ['f', 'g']) await delivery(each).join(SEVERAL);
		confirm(leader);
		expect(ranIn(await led(fifth))).toEqual(['e', 'f', 'g']);
	});

	it('nobody waits for others when n8n has failed', async () => {
		const { leader, fifth } = await batchOfThree();
		fail(leader);
		expect(ranIn(await led(fifth))).toEqual(['e']);
	});

	it('the line is free when nobody has come while a batch was saved', async () => {
		const { first, second } = await three();
		confirm(first);
		confirm(await led(second));
		expect(linesAtWork()).toBe(0);
		expect(ranIn(await delivery('d').begin(SEVERAL))).toEqual(['d']);
	});
});

describe('giveToN8n, when a delivery has waited for a minute', () => {
	/** The first one is saved when the others have waited for so long. */
	async function overdue(acknowledge: 'saved' | 'immediately') {
		const scene = await three(acknowledge);
		const line = lines.get(lines.keys()[0]!)!;
		for (const waiting of line.waiting) waiting.since -= MAX_WAIT_MS;
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
		expect(linesAtWork()).toBe(0);
	});

	it('a delivery whose sender was told 200 keeps its place', async () => {
		const { second } = await overdue('immediately');
		expect(ranIn(await led(second))).toEqual(['b', 'c']);
	});
});
