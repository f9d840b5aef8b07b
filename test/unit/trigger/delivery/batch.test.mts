import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import {
	type Line,
	MAX_BATCH_BYTES,
	MAX_BATCH_ITEMS,
	MAX_QUEUE_WAIT_MS,
	newLine,
	takeBatch,
	takeOverdue,
	type WaitingDelivery,
} from '../../../../nodes/CxoneExpert/trigger/delivery/batch.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

interface Sizes {
	items?: number;
	bytes?: number;
}

function waiting({ items = 1, bytes = 10 }: Sizes = {}): WaitingDelivery {
	const delivery = { items: Array.from({ length: items }, () => ({ json: {} })) };
	return { delivery, bytes, since: performance.now(), leave: () => {} } as unknown as WaitingDelivery;
}

const lineWith = (...sizes: Sizes[]): Line => ({ ...newLine(), waiting: sizes.map(waiting) });

it.each<[string, Sizes]>([
	['items', { items: MAX_BATCH_ITEMS + 1 }],
	['text', { bytes: MAX_BATCH_BYTES + 1 }],
])('takeBatch takes a delivery with too much %s alone', (_case, tooMuch) => {
	expect(takeBatch(lineWith(tooMuch, {}))).toHaveLength(1);
	const line = lineWith({}, tooMuch, {});
	expect([takeBatch(line), takeBatch(line), takeBatch(line)].map((batch) => batch.length)).toEqual([1, 1, 1]);
});

it('takeOverdue takes what waited too long, and leaves what came later', () => {
	const line = lineWith({}, {});
	vi.advanceTimersByTime(MAX_QUEUE_WAIT_MS - 1);
	expect(takeOverdue(line, performance.now())).toEqual([]);
	line.waiting.push(waiting());
	vi.advanceTimersByTime(1);
	expect([takeOverdue(line, performance.now()), line.waiting].map(({ length }) => length)).toEqual([2, 1]);
});
