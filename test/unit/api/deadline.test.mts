import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { atDeadline, beforeDeadline } from '../../../nodes/CxoneExpert/api/deadline.ts';
import {
	PRESUMPTION_MS,
	RESPONSE_DEADLINE_MS,
} from '../../../nodes/CxoneExpert/trigger/delivery/deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => {
	vi.useRealTimers();
	vi.doUnmock('n8n-workflow');
	vi.resetModules();
});

const deadline = () => performance.now() + RESPONSE_DEADLINE_MS;

describe('RESPONSE_DEADLINE_MS', () => {
	it('the deadline leaves room within the second that Expert gives', () => {
		expect(RESPONSE_DEADLINE_MS).toBeLessThanOrEqual(900);
	});

	it('what n8n has written is presumed saved while a 200 still comes in time', () => {
		expect(PRESUMPTION_MS).toBeLessThanOrEqual(RESPONSE_DEADLINE_MS - 200);
	});
});

describe('atDeadline', () => {
	it('atDeadline calls back when the time is over, not before', async () => {
		const call = vi.fn();
		atDeadline(deadline(), call);
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS - 1);
		expect(call).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(call).toHaveBeenCalledOnce();
	});

	it('atDeadline calls back in the next moment when the time is over already', async () => {
		const over = deadline();
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS + 5);
		const call = vi.fn();
		atDeadline(over, call);
		await vi.advanceTimersByTimeAsync(1);
		expect(call).toHaveBeenCalledOnce();
	});

	it('atDeadline does not call back once it was cancelled, and leaves no timer', async () => {
		const call = vi.fn();
		atDeadline(deadline(), call)();
		expect(vi.getTimerCount()).toBe(0);
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect(call).not.toHaveBeenCalled();
	});

	it('atDeadline does not call back in an n8n whose sleep cannot be cancelled', async () => {
		vi.resetModules();
		vi.doMock('n8n-workflow', () => ({
			// As in n8n 2.8.4.
			sleep: async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms)),
		}));
		const old = await import('../../../nodes/CxoneExpert/api/deadline.ts');
		const [cancelled, kept] = [vi.fn(), vi.fn()];
		old.atDeadline(deadline(), cancelled)();
		old.atDeadline(deadline(), kept);
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect(cancelled).not.toHaveBeenCalled();
		expect(kept).toHaveBeenCalledOnce();
	});
});

describe('beforeDeadline', () => {
	it('beforeDeadline gives the result of work that ends in time, and leaves no timer', async () => {
		expect(await beforeDeadline(deadline(), Promise.resolve('done'))).toBe('done');
		expect(vi.getTimerCount()).toBe(0);
	});

	it('beforeDeadline gives undefined when the time is over first', async () => {
		const never = beforeDeadline(deadline(), new Promise<string>(() => {}));
		await vi.advanceTimersByTimeAsync(RESPONSE_DEADLINE_MS);
		expect(await never).toBeUndefined();
	});

	it('beforeDeadline passes on the rejection of work', async () => {
		const work = beforeDeadline(deadline(), Promise.reject(new Error('no')));
		await expect(work).rejects.toThrow('no');
	});
});
