import { describe, expect, it } from 'vitest';

import { RecentDurations } from '../../../nodes/CxoneExpert/shared/recent-durations.ts';

function durations(...values: number[]): RecentDurations {
	const recent = new RecentDurations();
	for (const value of values) recent.add(value);
	return recent;
}

describe('RecentDurations', () => {
	it('RecentDurations has no percentile without any duration', () => {
		expect(durations().percentile(0.5)).toBeUndefined();
	});

	it.each([
		[0.5, 50],
		[0.95, 95],
		[1, 100],
		[0.001, 1],
	])('RecentDurations: of 1 to 100 ms the percentile of %f is %i', (share, expected) => {
		const shuffled = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
		expect(durations(...shuffled).percentile(share)).toBe(expected);
	});

	it('RecentDurations counts the latest thousand only', () => {
		const recent = durations(...Array<number>(500).fill(60_000), ...Array<number>(1000).fill(7));
		expect(recent.size).toBe(1000);
		expect(recent.percentile(1)).toBe(7);
	});

	it('adding goes on after a percentile was read', () => {
		const recent = durations(9, 1);
		expect(recent.percentile(0.5)).toBe(1);
		recent.add(5);
		expect(recent.percentile(0.5)).toBe(5);
	});

	it('a duration of many minutes is kept as the longest that there is', () => {
		expect(durations(3_600_000).percentile(0.5)).toBe(65_535);
	});
});
