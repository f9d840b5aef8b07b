import { sleep } from 'n8n-workflow';

/*
 * A deadline is a moment in ms of the monotonic clock (`performance.now()`). What nobody waits for any
 * more is let go of, and its timer runs on without effect: n8n 2.8.4 cannot cancel one, and where n8n
 * can, that takes five times as long as a timer that runs on. Each delivery has two of them.
 */

/** Waits for `work` until the deadline: `undefined` when the time is over first. */
export async function beforeDeadline<T>(
	deadline: number,
	work: Promise<T>,
): Promise<T | undefined> {
	return await new Promise((resolve, reject) => {
		const cancel = atDeadline(deadline, () => resolve(undefined));
		work.finally(cancel).then(resolve, reject);
	});
}

/** Calls back at the deadline, unless the returned function was called before. */
export function atDeadline(deadline: number, call: () => void): () => void {
	let waiting: (() => void) | undefined = call;
	void sleep(Math.max(0, deadline - performance.now())).then(() => waiting?.());
	return () => (waiting = undefined);
}
