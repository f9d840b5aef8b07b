import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	Deadline,
	RESPONSE_DEADLINE_MS,
} from '../../../../nodes/CxoneExpert/trigger/delivery/deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('the deadline', () => {
	it('leaves room within the second that Expert gives', () => {
		expect(RESPONSE_DEADLINE_MS).toBeLessThanOrEqual(700);
	});

	it('calls back when the time is over, not before', async () => {
		const call = vi.fn();
		new Deadline().whenOver(call);
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS - 1);
		expect(call).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(call).toHaveBeenCalledOnce();
	});

	it('calls back at once when the time is over already', async () => {
		const deadline = new Deadline();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		const call = vi.fn();
		deadline.whenOver(call);
		expect(call).toHaveBeenCalledOnce();
	});

	it('does not call back what was taken back', async () => {
		const call = vi.fn();
		new Deadline().whenOver(call)();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect(call).not.toHaveBeenCalled();
	});

	it('gives the result of work that ends in time, else nothing', async () => {
		const deadline = new Deadline();
		expect(await deadline.within(Promise.resolve('done'))).toBe('done');
		const never = deadline.within(new Promise<string>(() => {}));
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect(await never).toBeUndefined();
	});

	it('passes on the rejection of work', async () => {
		await expect(new Deadline().within(Promise.reject(new Error('no')))).rejects.toThrow('no');
	});
});
