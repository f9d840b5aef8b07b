import { parentPort, workerData } from 'node:worker_threads';
import type { Settings } from '../support/simulator/index.mts';
import { install } from './clock.mts';
import type { Witness } from './deeds.mts';
import { packageOfSource } from './process.mts';
import { accountOf } from './witness.mts';

/* A thread with a clock of its own, as vitest needs the real one. */

export interface Job {
	witness: Witness;
	settings: Partial<Settings>;
}

const load = await packageOfSource();
install();
for (const { witness, settings } of workerData as Job[])
	parentPort!.postMessage(await accountOf(witness, settings, load));
// Timers and sleeps of the worlds wait for ever.
process.exit();
