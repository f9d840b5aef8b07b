import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { root } from '../../scripts/repository/identity.mts';
import { clock, install } from './clock.mts';
import { comparedSetup, play, stepsOf, waitOf } from './compared.mts';
import { packageAt } from './process.mts';
import { simulated } from './run.mts';
import { World } from './world.mts';

/* Runs the worlds that are compared with those on a real n8n, in a thread of its own: its time is virtual. */

install();
const pass = clock.pass.bind(clock);
let world: World;
clock.pass = async () => await pass(waitOf(world));
const ground = simulated(packageAt(resolve(root, 'dist/nodes/CxoneExpert/index.js')));
for (const seed of workerData as number[]) {
	world = new World(seed, ground, comparedSetup(seed));
	parentPort!.postMessage(await play(world, stepsOf(seed)));
}
// Timers and sleeps of the worlds wait for ever.
process.exit();
