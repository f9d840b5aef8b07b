import { setImmediate as nextTurn } from 'node:timers/promises';
import { measure as sample } from 'mitata';
import { median, quantile } from 'simple-statistics';

/** Something to be timed. What it needs is made before, so that a call does the work alone. */
export interface Subject {
	name: string;
	run: () => unknown;
}

/** Nanoseconds of the processor for one call of a subject, in each round. */
export interface Timing {
	name: string;
	rounds: number[];
}

/** How many times as long one takes as the other: the median of the rounds, and their middle half. */
export interface Ratio {
	ratio: number;
	middle: [low: number, high: number];
}

const ROUNDS = 15;

/**
 * Times the subjects in turn, A B A B, so that a machine that is busy for a while is busy for all of
 * them. mitata times one round of one subject (it batches short calls, and counts what the garbage
 * collector takes); of its own accord it runs one subject to the end, then the next.
 */
export async function inTurn(
	subjects: Subject[],
	{ rounds = ROUNDS, measure = measureOnce } = {},
): Promise<Timing[]> {
	for (const subject of subjects) await measure(subject); // To warm up.
	const timings: Timing[] = subjects.map(({ name }) => ({ name, rounds: [] }));
	for (let round = 0; round < rounds; round++) {
		for (const [index, subject] of subjects.entries()) {
			timings[index]!.rounds.push(await measure(subject));
		}
	}
	return timings;
}

/** Compares within each round: what made one slow there made the other slow, too. */
export function ratio(timing: Timing, base: Timing): Ratio {
	const ratios = timing.rounds.map((time, round) => time / base.rounds[round]!);
	return { ratio: median(ratios), middle: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}

/** Microseconds of one call: the median of the rounds. */
export function microseconds({ rounds }: Timing): number {
	return median(rounds) / 1000;
}

async function measureOnce({ run }: Subject): Promise<number> {
	// Timers that are over can fire: the next subject shall not pay for what the one before has left.
	await nextTurn();
	const { avg } = await sample(() => run(), {
		now: processorTime,
		min_cpu_time: 40_000_000,
		min_samples: 3,
		batch_samples: 64,
		// The slowest samples are those with the garbage collector: they count, too.
		samples_threshold: Infinity,
		// Each begins without the young garbage of the one before. A full collection would also take
		// what the engine has learnt: the same code ran three times as long after it.
		gc: () => void globalThis.gc?.({ type: 'minor' }),
	});
	return avg;
}

/** Nanoseconds that this process has worked, so that what else the machine does is not counted. */
function processorTime(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) * 1000;
}
