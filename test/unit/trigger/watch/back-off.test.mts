import { expect, it } from 'vitest';

import {
	type BackOff,
	NEVER_ENABLED,
	onDisabled,
	onEnabled,
} from '../../../../nodes/CxoneExpert/trigger/watch/back-off.ts';

const MINUTE = 60_000;

/** The webhook is found disabled at these minutes, and enabled where nothing speaks against it. */
function enabledAt(...minutes: number[]): number[] {
	let backOff: BackOff = NEVER_ENABLED;
	return minutes.filter((minute) => {
		const { isPaused, ...next } = onDisabled(backOff, minute * MINUTE);
		backOff = isPaused ? next : onEnabled(next, minute * MINUTE);
		return !isPaused;
	});
}

it('a webhook that Expert disables for the first time is enabled at once', () => {
	expect(enabledAt(0)).toEqual([0]);
});

it('a webhook that Expert disables an hour after it was enabled is enabled at once', () => {
	expect(enabledAt(0, 60, 120)).toEqual([0, 60, 120]);
});

it('a webhook that Expert keeps disabling is enabled after pauses of 15, 30, 60 and 60 minutes', () => {
	const everyFiveMinutes = Array.from({ length: 60 }, (_, index) => index * 5);
	expect(enabledAt(...everyFiveMinutes)).toEqual([0, 20, 55, 120, 185, 250]);
});

it('an hour without trouble after some pauses makes the next time a first one', () => {
	expect(enabledAt(0, 5, 20, 80, 85, 99, 100)).toEqual([0, 20, 80, 100]);
});

it('a person who enables the webhook ends the pause, and the next one is longer', () => {
	const { isPaused, ...paused } = onDisabled(onEnabled(NEVER_ENABLED, 0), MINUTE);
	expect(isPaused).toBe(true);
	const enabled = onEnabled(paused, 5 * MINUTE);
	expect(onDisabled(enabled, 10 * MINUTE)).toMatchObject({
		isPaused: true,
		pauses: 2,
		pausedUntil: 40 * MINUTE,
	});
});
