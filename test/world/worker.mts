import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { root } from '../../scripts/repository/identity.mts';
import { install } from './clock.mts';
import { packageAt, smallPackage } from './process.mts';
import { lineOf, runWorld, shrink, stepsIn, stepsOf } from './run.mts';

/* Runs worlds for tests in a thread of its own, because time and chance are virtual in all of it. */

/** A world to run. */
export interface Order {
	seed: number;
	/** As `--run` takes them, or how many. */
	steps: string | number;
	/** With a memory that it can fill. */
	isSmall?: boolean;
}

/** What became of it. */
export interface Outcome {
	seed: number;
	/** Of the story. */
	hash: string;
	/** Each with the line that repeats it; those of the first world that fails are shrunk. */
	faults: string[];
}

const small = await smallPackage();
install();
const usual = packageAt(resolve(root, 'dist/nodes/CxoneExpert/index.js'));
let isFirst = true;
for (const { seed, steps, isSmall = false } of workerData as Order[]) {
	const load = isSmall ? small : usual;
	const all = typeof steps === 'number' ? stepsOf(seed, steps) : stepsIn(steps);
	const told = await runWorld(seed, all, load);
	const faults: string[] = [];
	for (const { rule, text } of told.faults) {
		const few = isFirst ? await shrink(told, rule, load) : told;
		faults.push(`${rule}: ${text}\n  ${lineOf(few)}${isSmall ? ' --small' : ''}`);
	}
	isFirst &&= faults.length === 0;
	parentPort!.postMessage({ seed, hash: told.hash, faults } satisfies Outcome);
}
// Timers and sleeps of the worlds wait for ever.
process.exit();
