import { sleep } from 'n8n-workflow';

/*
 * A deadline is a moment in ms of the monotonic clock (`performance.now()`). Each timer is cancelled
 * once nobody waits for it, so that it does not retain the delivery. n8n 2.8.4 does not look at the
 * signal: there the timer runs on without effect.
 */

/** Given to each cancelled timer: without a reason, the platform makes an error with a stack for it. */
const CANCELLED = new Error('Cancelled');

/** Waits for `work` until the deadline: `undefined` when the time is over first. */
export async function beforeDeadline<T>(
	deadline: number,
	work: Promise<T>,
): Promise<T | undefined> {
	const finished = new AbortController();
	let result: T | undefined;
	// Where a timer runs on, it must not retain the result: that may be a file.
	const done = work.then((value) => {
		result = value;
	});
	try {
		await Promise.race([done, timeIsOver(deadline, finished.signal)]);
		return result;
	} finally {
		finished.abort(CANCELLED);
	}
}

/** Calls back at the deadline, unless the returned function was called before. */
export function atDeadline(deadline: number, call: () => void): () => void {
	const cancelled = new AbortController();
	timeIsOver(deadline, cancelled.signal).then(
		() => {
			if (!cancelled.signal.aborted) call();
		},
		() => {},
	);
	return () => cancelled.abort(CANCELLED);
}

/** @throws when it is cancelled */
async function timeIsOver(deadline: number, cancelled: AbortSignal): Promise<undefined> {
	await sleep(Math.max(0, deadline - performance.now()), cancelled);
	return undefined;
}
