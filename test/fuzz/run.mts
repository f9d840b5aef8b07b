import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, it, vi } from 'vitest';

/** How many cases all properties together get; more on demand. */
const CASES = Number(process.env.FUZZ_CASES ?? 200_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Of one failed case, as its report names it: only that one is looked at then. */
const PATH = process.env.FUZZ_PATH;
/** The contract: every response leaves within a second. */
const MAX_RESPONSE_MS = 1000;
/** CPU time of the slowest response of the case so far. */
let slowestMs = 0;

/**
 * One property as one test.
 *
 * @param share of all cases, in percent
 */
export function property<T>(
	name: string,
	share: number,
	arbitrary: fc.Arbitrary<T>,
	holds: (value: T) => Promise<void> | void,
): void {
	it(name, async () => {
		const counted = fc.asyncProperty(arbitrary, async (value) => {
			await eachInTime(async () => await holds(value));
			// Timers of the deliveries must get their turn, as in a real process.
			await nextTurn();
		});
		const numRuns = PATH === undefined ? Math.ceil((CASES * share) / 100) : 1;
		const run = await fc.check(counted, { numRuns, seed: SEED, path: PATH });
		if (run.failed) throw new Error(report(name, run), { cause: run.errorInstance });
	});
}

/**
 * A case that takes too long is tried again, and the least of three counts: others on the machine add to CPU time,
 * also where they only take the processor from a virtual one.
 */
async function eachInTime(holds: () => Promise<void>): Promise<void> {
	let least = Infinity;
	for (let i = 0; i < 3 && least > MAX_RESPONSE_MS; i++) {
		slowestMs = 0;
		await holds();
		least = Math.min(least, slowestMs);
	}
	if (least > MAX_RESPONSE_MS) throw new Error(`took ${Math.round(least)} ms of CPU time`);
}

function report<T>(name: string, run: fc.RunDetails<[T]>): string {
	const { seed, counterexamplePath: path } = run;
	return [
		fc.defaultReportMessage(run),
		'',
		'To see this case alone:',
		`FUZZ_SEED=${seed} FUZZ_PATH=${path} npx vitest run --project fuzz -- -t '${name}'`,
	].join('\n');
}

/** Measures a response, or what else has to be done in the time of one. */
export async function inTime<T>(respond: () => Promise<T>): Promise<T> {
	const before = process.threadCpuUsage();
	const response = await respond();
	const { user, system } = process.threadCpuUsage(before);
	slowestMs = Math.max(slowestMs, (user + system) / 1000);
	return response;
}

/** Time, and each deadline with it, stands still until a property sets it. Call once in each file. */
export function stopTime(): void {
	beforeAll(
		() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }),
	);
	afterAll(() => void vi.useRealTimers());
}
