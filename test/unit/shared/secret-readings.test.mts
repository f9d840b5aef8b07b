import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SecretReadings } from '../../../nodes/CxoneExpert/shared/secret-readings.ts';

const TTL_MS = 10_000;

/** Each reading gives the next number. */
function openReadings() {
	let count = 0;
	return {
		readings: new SecretReadings<number>({ maxEntries: 10, ttlMs: TTL_MS }),
		read: async () => await Promise.resolve(++count),
	};
}

describe('SecretReadings', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('recent shares a reading as long as it is kept', async () => {
		const { readings, read } = openReadings();
		const both = [readings.recent('a', read), readings.recent('a', read)];
		expect(await Promise.all(both)).toEqual([1, 1]);
		vi.advanceTimersByTime(TTL_MS - 1);
		expect(await readings.recent('a', read)).toBe(1);
		expect(await readings.recent('b', read)).toBe(2);
	});

	it('since reads again what is older than the moment', async () => {
		const { readings, read } = openReadings();
		await readings.recent('a', read);
		const first = performance.now();
		vi.advanceTimersByTime(1);
		expect(await readings.since(first, 'a', read)).toBe(1);
		expect(await readings.since(performance.now(), 'a', read)).toBe(2);
	});

	it('forRejection reads at most once a second', async () => {
		const { readings, read } = openReadings();
		const rejected = async () => await readings.forRejection(performance.now(), 'a', read);
		await readings.recent('a', read);
		vi.advanceTimersByTime(1);
		expect(await rejected()).toBe(2);
		vi.advanceTimersByTime(999);
		expect(await rejected()).toBe(2);
		vi.advanceTimersByTime(1);
		expect(await rejected()).toBe(3);
	});

	it('a reading that failed is kept, and the next one begins anew', async () => {
		const { readings, read } = openReadings();
		const fail = async () => await Promise.reject<number>(new Error('database is down'));
		await expect(readings.recent('a', fail)).rejects.toThrow('database is down');
		await expect(readings.recent('a', read)).rejects.toThrow('database is down');
		vi.advanceTimersByTime(1);
		expect(await readings.since(performance.now(), 'a', read)).toBe(1);
	});

	it('no secret stays in memory when nothing comes any more, and none that was read since goes', async () => {
		const { readings, read } = openReadings();
		await readings.recent('a', read);
		await vi.advanceTimersByTimeAsync(TTL_MS / 2);
		await readings.since(performance.now(), 'a', read);
		await vi.advanceTimersByTimeAsync(TTL_MS / 2);
		expect(await readings.get('a')?.value).toBe(2);
		await vi.advanceTimersByTimeAsync(TTL_MS / 2);
		expect(readings.keys()).toEqual([]);
	});
});
