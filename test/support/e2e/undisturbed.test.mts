import { beforeEach, describe, expect, it, vi } from 'vitest';
import { undisturbed } from './undisturbed.mts';

/** For how long this process stands still, ms: what Node tells of it. */
let pauseMs: number;

vi.mock('node:perf_hooks', () => ({
	monitorEventLoopDelay: () => ({
		enable: () => true,
		disable: () => true,
		get max() {
			return pauseMs * 1_000_000;
		},
	}),
}));

const failure = new Error('the process was avoided');
const prepare = vi.fn(async () => {});
const failing = vi.fn(() => Promise.reject(failure));

beforeEach(() => vi.clearAllMocks());

describe('undisturbed', () => {
	it('undisturbed begins again when a test fails while the process stands still', async () => {
		pauseMs = 201;
		const test = vi.fn(async () => {}).mockRejectedValueOnce(failure);
		await undisturbed(prepare, test)();
		expect(test).toHaveBeenCalledTimes(2);
		expect(prepare).toHaveBeenCalledTimes(2);
	});

	it('undisturbed passes on the error of a test that fails by itself', async () => {
		pauseMs = 199;
		await expect(undisturbed(prepare, failing)()).rejects.toBe(failure);
		expect(failing).toHaveBeenCalledTimes(1);
	});

	it('undisturbed ends after 20 tries, and says what happened', async () => {
		pauseMs = 201;
		const pauses = Array.from({ length: 20 }, () => 201).join(', ');
		await expect(undisturbed(prepare, failing)()).rejects.toMatchObject({
			message: expect.stringContaining(
				`failed 20 times, each time while this process stood still: for ${pauses} ms`,
			),
			cause: failure,
		});
		expect(prepare).toHaveBeenCalledTimes(20);
	});
});
