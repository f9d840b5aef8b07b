import { setTimeout as sleep } from 'node:timers/promises';
import { burst, type Burst, type Load } from './load.mts';
import { cpuSeconds } from './cpu.mts';
import type { Stage, Subject, Subjects } from './stage.mts';
import { type SubjectName, subjectNames } from './workflows.mts';

/** One stretch of load on one workflow, and what n8n still had to do afterwards. */
export interface Round extends Burst {
	/** Until n8n had run all that it had taken, from the start of the load. */
	untilDone: number;
	/** Executions of that time; what was accepted if n8n does not keep them. */
	runs: number;
	/** CPU time that n8n took for them, if the system tells. */
	cpu: number | undefined;
}

export type Rounds = Record<SubjectName, Round[]>;

/**
 * Loads the workflows in turn, in short rounds: a machine that is slow for a while is slow for all.
 * Each begins when n8n has done what the one before has left to it, and each round begins with
 * another workflow.
 */
export async function compare(
	stage: Stage,
	subjects: Subjects,
	load: Load,
	rounds: number,
): Promise<Rounds> {
	const done = Object.fromEntries(subjectNames.map((name) => [name, []])) as unknown as Rounds;
	for (let round = 0; round < rounds; round++) {
		const first = round % subjectNames.length;
		const order = [...subjectNames.slice(first), ...subjectNames.slice(0, first)];
		for (const name of order) done[name].push(await measure(stage, subjects[name], load));
	}
	return done;
}

/** A short load on each, which does not count: n8n compiles what it runs often. */
export async function warmUp(stage: Stage, subjects: Subject[], seconds: number): Promise<void> {
	for (const subject of subjects) await measure(stage, subject, { concurrency: 5, seconds });
}

export async function measure(stage: Stage, subject: Subject, load: Load): Promise<Round> {
	const before = await stage.finishedRuns(subject);
	const cpuBefore = await cpuSeconds(stage.scene.n8n.pid);
	const started = performance.now();
	const answered = await burst(subject, load);
	const untilDone = (await whenDone(stage, subject)) - started;
	const cpuAfter = await cpuSeconds(stage.scene.n8n.pid);
	const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
	const runs = Math.max(answered.accepted, (await stage.finishedRuns(subject)) - before);
	return { ...answered, untilDone: untilDone / 1000, runs, cpu };
}

/** How often n8n must have nothing to do: it may not have come to a delivery yet. */
const QUIET_LOOKS = 3;
const LOOK_EVERY_MS = 100;

/** When n8n has run all that it has of this workflow. */
async function whenDone(stage: Stage, subject: Subject): Promise<number> {
	let since = performance.now();
	for (let quiet = 0; quiet < QUIET_LOOKS; quiet++) {
		if (await stage.isBusy(subject)) {
			quiet = -1;
			since = performance.now();
		}
		await sleep(LOOK_EVERY_MS);
	}
	return since;
}
