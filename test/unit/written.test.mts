import type { INodeExecutionData } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { whenWritten } from '../../nodes/CxoneExpert/trigger/delivery/written.ts';

describe('when n8n has written an execution', () => {
	let item: INodeExecutionData;
	let letGo: () => void;
	const tell = vi.fn();
	beforeEach(() => {
		vi.useFakeTimers();
		tell.mockReset();
		item = { json: { eventId: '1' } };
		letGo = whenWritten(item, tell);
	});
	afterEach(() => vi.useRealTimers());

	it('is told some turns after n8n has looked for binary data: it must still commit', async () => {
		expect(item.binary).toBeUndefined();
		await vi.advanceTimersByTimeAsync(200);
		expect(tell).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(100);
		expect(tell).toHaveBeenCalledOnce();
	});

	it('is told some turns later, too, when n8n is so busy that the time is over in one', async () => {
		vi.useRealTimers();
		expect(item.binary).toBeUndefined();
		const busyUntil = performance.now() + 400;
		while (performance.now() < busyUntil);
		await new Promise((resolve) => setTimeout(resolve, 1));
		expect(tell).not.toHaveBeenCalled();
		await vi.waitFor(() => expect(tell).toHaveBeenCalledOnce(), 5000);
	});

	it('is not told while n8n has not looked', async () => {
		JSON.stringify(item);
		structuredClone(item);
		expect({ ...item }).toEqual({ json: { eventId: '1' } });
		await vi.advanceTimersByTimeAsync(10_000);
		expect(tell).not.toHaveBeenCalled();
	});

	it('is told once, and the item is a plain one again', async () => {
		for (let look = 0; look < 3; look++) expect(item.binary).toBeUndefined();
		await vi.advanceTimersByTimeAsync(10_000);
		expect(tell).toHaveBeenCalledOnce();
		expect(Object.getOwnPropertyNames(item)).toEqual(['json']);
	});

	it.each([
		['before n8n has looked', 0],
		['while n8n commits', 100],
	])(
		'is not told any more when it was taken back %s, and nothing waits for long',
		async (_, ms) => {
			if (ms > 0) expect(item.binary).toBeUndefined();
			await vi.advanceTimersByTimeAsync(ms);
			letGo();
			expect(item.binary).toBeUndefined();
			await vi.advanceTimersByTimeAsync(51);
			expect(vi.getTimerCount()).toBe(0);
			await vi.advanceTimersByTimeAsync(10_000);
			expect(tell).not.toHaveBeenCalled();
		},
	);

	it('gives no item functions of its own, with which V8 would keep it in memory', () => {
		const other = { json: {} };
		whenWritten(other, () => {});
		const [one, two] = [item, other].map((each) => Object.getOwnPropertyDescriptor(each, 'binary'));
		expect(one?.get).toBe(two?.get);
		expect(one?.set).toBe(two?.set);
	});

	it('lets a node add binary data to the item, looked at or not', () => {
		const binary = { file: { data: 'eA==', mimeType: 'text/plain' } };
		item.binary = binary;
		expect(item).toEqual({ json: { eventId: '1' }, binary });
		expect({ ...item }).toEqual({ json: { eventId: '1' }, binary });
	});
});
