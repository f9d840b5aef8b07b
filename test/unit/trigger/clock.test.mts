import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

type Clock = typeof import('../../../nodes/CxoneExpert/trigger/clock.ts');

const START = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

describe('presentMoment', () => {
	let clock: Clock;
	beforeEach(async () => {
		vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
		vi.resetModules();
		clock = await import('../../../nodes/CxoneExpert/trigger/clock.ts');
	});
	afterEach(() => vi.useRealTimers());

	const jump = (by: number) => vi.setSystemTime(Date.now() + by);

	it('both clocks agree while nobody sets the wall clock', () => {
		vi.advanceTimersByTime(30 * MINUTE);
		expect(clock.presentMoment()).toEqual({
			wall: START + 30 * MINUTE,
			steady: START + 30 * MINUTE,
		});
	});

	it.each([HOUR, -HOUR, YEAR, -YEAR])(
		'the steady clock goes on after the wall clock jumps by %i ms',
		(by) => {
			jump(by);
			vi.advanceTimersByTime(MINUTE);
			expect(clock.presentMoment()).toEqual({ wall: START + by + MINUTE, steady: START + MINUTE });
		},
	);

	it('both clocks agree again when the wall clock is set right', () => {
		jump(YEAR);
		clock.presentMoment();
		vi.advanceTimersByTime(HOUR - MINUTE);
		jump(-YEAR);
		vi.advanceTimersByTime(2 * MINUTE);
		const right = START + HOUR + MINUTE;
		expect(clock.presentMoment()).toEqual({ wall: right, steady: right });
	});

	it('the steady clock follows the wall clock after an hour', () => {
		// As after a start with a wrong clock, and after a sleep of the machine.
		jump(YEAR);
		clock.presentMoment();
		vi.advanceTimersByTime(HOUR - 1);
		expect(clock.presentMoment().steady).toBe(START + HOUR - 1);
		vi.advanceTimersByTime(1);
		expect(clock.presentMoment()).toEqual({
			wall: START + YEAR + HOUR,
			steady: START + YEAR + HOUR,
		});
		vi.advanceTimersByTime(HOUR);
		expect(clock.presentMoment().steady).toBe(START + YEAR + 2 * HOUR);
	});

	it('small steps of the wall clock are followed and are no jump', () => {
		for (let step = 0; step < 60; step++) {
			jump(100);
			vi.advanceTimersByTime(2 * MINUTE);
			clock.presentMoment();
		}
		const { wall, steady } = clock.presentMoment();
		expect(Math.abs(wall - steady)).toBeLessThan(10_000);
	});
});
