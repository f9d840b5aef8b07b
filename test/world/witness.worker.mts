import { parentPort, workerData } from 'node:worker_threads';
import { build } from 'esbuild';
import { bundling } from '../../scripts/build/bundling.mts';
import type { Settings } from '../support/simulator/index.mts';
import { install } from './clock.mts';
import type { Witness } from './deeds.mts';
import { packageAt } from './process.mts';
import { accountOf } from './witness.mts';

/* A thread with a clock of its own, as vitest needs the real one. */

export interface Job {
	witness: Witness;
	settings: Partial<Settings>;
}

const { outputFiles } = await build({ ...bundling, outdir: 'dist', write: false });
const { path, text } = outputFiles.find((file) => file.path.endsWith('/index.js'))!;
install();
for (const { witness, settings } of workerData as Job[])
	parentPort!.postMessage(await accountOf(witness, settings, packageAt(path, text)));
// Timers and sleeps of the worlds wait for ever.
process.exit();
