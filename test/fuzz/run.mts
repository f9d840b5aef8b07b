import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, it, vi } from 'vitest';

/** How many cases all properties together get; more on demand. */
const CASES = Number(process.env.FUZZ_CASES ?? 100_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Of one failed case, as its report names it: only that one is looked at then. */
const PATH = process.env.FUZZ_PATH;
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
			await holds(value);
			// Timers of the deliveries must get their turn, as in a real process.
			await nextTurn();
		});
		const numRuns = PATH === undefined ? Math.ceil((CASES * share) / 100) : 1;
		const run = await fc.check(counted, { numRuns, seed: SEED, path: PATH });
		if (run.failed) throw new Error(report(name, run), { cause: run.errorInstance });
	});
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

/** Time, and each deadline with it, stands still until a property sets it. Call once in each file. */
export function stopTime(): void {
	beforeAll(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] }));
	afterAll(() => void vi.useRealTimers());
}
