import { setImmediate } from 'node:timers/promises';
import { vi, onTestFinished } from 'vitest';
import { moveClock } from './package-under-test.mts';

/**
 * Freezes time for the node until the test ends, using the timers of `vi`: a busy machine must not
 * reach a deadline by itself. Requests, and the n8n around the node, continue.
 */
export function stopTime(): void {
	// In whole ms, so that a timer is due exactly when it should be.
	const now = Math.ceil(performance.now());
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
	// It goes on from here: what the node has read before must not look newer than what comes.
	vi.advanceTimersByTime(now);
}

/** Advances time until this is there: for work that polls. */
export async function passUntil<T>(work: Promise<T>): Promise<T> {
	let isOver = false;
	const end = () => void (isOver = true);
	work.then(end, end);
	while (!isOver) await vi.advanceTimersByTimeAsync(5);
	return await work;
}

/** Finishes what is in flight between sender and node, while timers are frozen. */
export async function letSettle(): Promise<void> {
	for (let round = 0; round < 100; round++) await setImmediate();
}

/** Advances the monotonic clock until the test ends; timers are unaffected. */
export function passTime(ms: number): void {
	onTestFinished(moveClock(ms));
}
