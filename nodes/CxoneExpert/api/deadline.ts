import { sleep } from 'n8n-workflow';

/*
 * A deadline is in ms of the monotonic clock (`performance.now()`). Callbacks are released when
 * nobody waits any more; the timer itself keeps running. n8n 2.8.4 cannot cancel one, and where n8n
 * can, cancelling costs five times as much as letting it run. Each delivery has two.
 */

/** Awaits `work` until the deadline, then resolves to `undefined`. */
export async function beforeDeadline<T>(deadline: number, work: Promise<T>): Promise<T | undefined> {
	return await new Promise((resolve, reject) => {
		const cancel = atDeadline(deadline, () => resolve(undefined));
		work.finally(cancel).then(resolve, reject);
	});
}

/** Calls back at the deadline, unless cancelled by the returned function. */
export function atDeadline(deadline: number, call: () => void): () => void {
	let waiting: (() => void) | undefined = call;
	void sleep(Math.max(0, deadline - performance.now())).then(() => waiting?.());
	return () => (waiting = undefined);
}
