/** Some systems count the time of a processor in steps of this size. */
const FLOOR_MS = 10;

/** Counts what the processor does for this thread alone: a busy machine does not count. @returns ms until now */
export function startCpuTime(): () => number {
	const before = process.threadCpuUsage();
	return () => {
		const { user, system } = process.threadCpuUsage(before);
		return Math.max((user + system) / 1000, FLOOR_MS);
	};
}
