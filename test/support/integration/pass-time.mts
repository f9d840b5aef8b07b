import { onTestFinished, vi } from 'vitest';

const realNow = performance.now.bind(performance);
let passedMs = 0;

/** By the monotonic clock this much time has passed, until the test ends. Timers go on as they were. */
export function passTime(ms: number): void {
	passedMs += ms;
	const spy = vi.spyOn(performance, 'now').mockImplementation(() => realNow() + passedMs);
	onTestFinished(() => {
		passedMs = 0;
		spy.mockRestore();
	});
}
