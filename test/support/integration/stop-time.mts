import { setImmediate } from 'node:timers/promises';
import { vi, onTestFinished } from 'vitest';
import { pretendProcessStarted } from './package-under-test.mts';

const DAY_MS = 86_400_000;

/**
 * Until the test ends, time passes for the node only when the test says so, with the timers of `vi`: a
 * busy machine must not come to a deadline by itself. Requests, and the n8n around the node, go on.
 */
export function stopTime(): void {
	// In whole ms, so that a timer is due exactly when it should be.
	const now = Math.ceil(performance.now());
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
	// It goes on from here: what the node has read before must not look newer than what comes.
	vi.advanceTimersByTime(now);
	// Another clock says so again.
	pretendProcessStarted(DAY_MS);
}

/** Time passes until this is there: for work that looks at something from time to time. */
export async function passUntil<T>(work: Promise<T>): Promise<T> {
	let isOver = false;
	const end = () => void (isOver = true);
	work.then(end, end);
	while (!isOver) await vi.advanceTimersByTimeAsync(5);
	return await work;
}

/** Lets what is under way between sender and node come to its end, where timers stand still. */
export async function letSettle(): Promise<void> {
	for (let round = 0; round < 100; round++) await setImmediate();
}

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
