import { parentPort, workerData } from 'node:worker_threads';
import { install } from './clock.mts';
import type { Role } from './database.mts';
import { Play } from './play.mts';
import { packageOfSource } from './process.mts';
import { STORIES } from './stories/index.mts';

/* A thread with a clock of its own, as vitest needs the real one. */

export interface Telling {
	title: string;
	role: Role;
}

const load = await packageOfSource();
install();
for (const { title, role } of workerData as Telling[]) {
	const story = STORIES.find((each) => each.title === title)!;
	const account = await new Play(load, role, story).run(story).catch((error: Error) => [error.stack!]);
	parentPort!.postMessage(account);
}
// Timers and sleeps of the worlds wait for ever.
process.exit();
