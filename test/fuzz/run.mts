import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

/** How many cases all properties together get; more on demand. */
const CASES = Number(process.env.FUZZ_CASES ?? 200_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Of one failed case, as its report names it: only that one is looked at then. */
const PATH = process.env.FUZZ_PATH;
/** The contract: every response leaves within a second. Counted in CPU time, which no neighbour adds to. */
const MAX_CASE_MS = 1000;

interface Tally {
	name: string;
	cases: number;
	slowest: number;
}

const tallies: Tally[] = [];

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
	const tally: Tally = { name, cases: 0, slowest: 0 };
	tallies.push(tally);
	it(name, async () => {
		const counted = fc.asyncProperty(arbitrary, async (value) => {
			const before = process.threadCpuUsage();
			await holds(value);
			const { user, system } = process.threadCpuUsage(before);
			const took = (user + system) / 1000;
			tally.cases += 1;
			tally.slowest = Math.max(tally.slowest, took);
			if (took > MAX_CASE_MS) throw new Error(`took ${Math.round(took)} ms of CPU time`);
			// Timers of the deliveries must get their turn, as in a real process.
			await nextTurn();
		});
		const numRuns = PATH === undefined ? casesOf(share) : 1;
		const run = await fc.check(counted, { numRuns, seed: SEED, path: PATH });
		if (run.failed) throw new Error(report(name, run), { cause: run.errorInstance });
	});
}

function casesOf(share: number): number {
	return Math.ceil((CASES * share) / 100);
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

/**
 * The last test of a file: that all of its cases have really run. Time stands still until a property sets
 * it, and figures come at the end.
 *
 * @param percent of all cases, those that are in the file
 */
export function expectAllCases({ percent }: { percent: number }): void {
	beforeAll(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
	afterAll(() => {
		vi.useRealTimers();
		printFigures();
	});
	it.skipIf(PATH !== undefined)('fuzzing ran the configured number of cases', (context) => {
		// With a filter on the names, as for one property alone, there is nothing to add up.
		if (tallies.some(({ cases }) => cases === 0)) return context.skip();
		expect(total()).toBeGreaterThanOrEqual(casesOf(percent));
	});
}

function printFigures(): void {
	const ran = tallies.filter(({ cases }) => cases > 0);
	const lines = ran.map(
		({ name, cases, slowest }) =>
			`  ${String(cases).padStart(7)}  slowest ${slowest.toFixed(1).padStart(6)} ms  ${name}`,
	);
	console.log(
		[
			`${total()} cases, seed ${SEED} (FUZZ_CASES and FUZZ_SEED change them)`,
			...lines,
			`  heap afterwards, without garbage: ${heapInUse()} MB`,
		].join('\n'),
	);
}

/** In MB. What is not collected yet says nothing about what is kept. */
function heapInUse(): number {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	collect();
	return Math.round(process.memoryUsage().heapUsed / 1e6);
}

function total(): number {
	return tallies.reduce((sum, { cases }) => sum + cases, 0);
}
