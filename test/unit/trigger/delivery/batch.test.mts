import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import {
	type Line,
	MAX_BATCH_BYTES,
	MAX_BATCH_ITEMS,
	MAX_QUEUE_WAIT_MS,
	newLine,
	takeBatch,
	takeOverdue,
	type Waiting,
} from '../../../../nodes/CxoneExpert/trigger/delivery/batch.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

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

it.each<[string, Sizes]>([
	['items', { items: MAX_BATCH_ITEMS + 1 }],
	['text', { bytes: MAX_BATCH_BYTES + 1 }],
])('takeBatch takes a delivery with too much %s alone', (_case, tooMuch) => {
	expect(takeBatch(lineWith(tooMuch, {}))).toHaveLength(1);
	const line = lineWith({}, tooMuch, {});
	expect([takeBatch(line), takeBatch(line), takeBatch(line)].map((batch) => batch.length)).toEqual([1, 1, 1]);
});

it('takeOverdue leaves what Expert was told 200', () => {
	const line = lineWith({ status: 200 });
	vi.advanceTimersByTime(MAX_QUEUE_WAIT_MS);
	expect(takeOverdue(line)).toEqual([]);
	expect(line.waiting).toHaveLength(1);
});
