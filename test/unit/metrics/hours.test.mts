import { expect, it } from 'vitest';
import { Hours } from '../../../nodes/CxoneExpert/metrics/hours.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-12-03T08:30:00Z');
const START = NOW - 100 * HOUR;

/** How many were accepted in each hour. */
const accepted = (hours: Hours, now: number, since = START) => hours.list(since, now).map((hour) => hour.accepted);

it('the hours of a day are listed, the oldest first, and those without a count are zeros', () => {
	const hours = new Hours();
	hours.count('accepted', 3, NOW - 23 * HOUR);
	hours.count('refused', 2, NOW - HOUR);
	hours.count('late', 1, NOW);
	hours.count('recovered', 4, NOW);
	const listed = hours.list(START, NOW);
	expect(listed).toHaveLength(24);
	const none = { accepted: 0, refused: 0, late: 0, recovered: 0 };
	expect(listed[0]).toEqual({ ...none, at: Date.parse('2026-12-02T09:00:00Z'), accepted: 3 });
	expect(listed.slice(1, 22)).toEqual(listed.slice(1, 22).map(({ at }) => ({ ...none, at })));
	expect(listed[22]).toMatchObject({ ...none, refused: 2 });
	expect(listed[23]).toEqual({ ...none, at: Date.parse('2026-12-03T08:00:00Z'), late: 1, recovered: 4 });
});

it('the list begins with the hour in which counting began', () => {
	expect(accepted(new Hours(), NOW, NOW - 90 * 60_000)).toEqual([0, 0]);
	expect(accepted(new Hours(), NOW, NOW)).toEqual([0]);
	// The clock was set back since.
	expect(accepted(new Hours(), NOW, NOW + 5 * HOUR)).toEqual([0]);
});

it('what is older than a day is no longer counted, also after days without a delivery', () => {
	const hours = new Hours();
	hours.count('accepted', 1, NOW);
	expect(accepted(hours, NOW + 23 * HOUR)[0]).toBe(1);
	expect(accepted(hours, NOW + 24 * HOUR)).not.toContain(1);
	hours.count('accepted', 5, NOW + 24 * HOUR);
	expect(accepted(hours, NOW + 24 * HOUR).at(-1)).toBe(5);
	expect(accepted(hours, NOW + 24_000 * HOUR)).not.toContain(5);
});

it('a clock that is set back by an hour counts on, and one that is set back by a day begins anew', () => {
	const hours = new Hours();
	hours.count('accepted', 1, NOW);
	hours.count('accepted', 2, NOW - HOUR);
	expect(accepted(hours, NOW).slice(-2)).toEqual([2, 1]);
	expect(accepted(hours, NOW - 3 * HOUR)).toEqual(Array.from({ length: 21 }, () => 0));
	hours.count('accepted', 3, NOW - 24 * HOUR);
	expect(accepted(hours, NOW - 24 * HOUR).at(-1)).toBe(3);
	expect(accepted(hours, NOW)).not.toContain(1);
});
