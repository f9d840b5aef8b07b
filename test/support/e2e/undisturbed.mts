import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Proxies give a process at least this long to say that it is ready. */
const PAUSE_MS = 200;

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
		for (;;) {
			await prepare();
			const delay = monitorEventLoopDelay({ resolution: 10 });
			delay.enable();
			try {
				return await test(...args);
			} catch (error) {
				if (delay.max < PAUSE_MS * 1_000_000) throw error;
			} finally {
				delay.disable();
			}
		}
	};
}
