import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Proxies give a process at least this long to say that it is ready. */
const PAUSE_MS = 200;
const MAX_TRIES = 20;

/**
 * A test in which this process stands for others, to which a proxy gives a time limit. It begins again
 * when it fails and this process has stood still meanwhile: the proxy was right then to avoid it.
 *
 * @param prepare makes all as it is at the beginning
 */
export function undisturbed<Args extends unknown[]>(
	prepare: () => Promise<void>,
	test: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
	return async (...args) => {
		const pauses: number[] = [];
		for (;;) {
			await prepare();
			const delay = monitorEventLoopDelay({ resolution: 10 });
			delay.enable();
			try {
				return await test(...args);
			} catch (error) {
				const pauseMs = Math.round(delay.max / 1_000_000);
				if (pauseMs < PAUSE_MS) throw error;
				pauses.push(pauseMs);
				if (pauses.length === MAX_TRIES) throw new Error(disturbance(pauses), { cause: error });
			} finally {
				delay.disable();
			}
		}
	};
}

function disturbance(pauses: number[]): string {
	return `The test failed ${pauses.length} times, each time while this process stood still: for ${pauses.join(', ')} ms. Run it on a machine with less other work.`;
}
