import { setTimeout as sleep } from 'node:timers/promises';
import { burst, type Burst, type Load } from './load.mts';
import { cpuByPart, type CpuByPart, difference } from './cpu.mts';
import type { Stage, Subject } from './stage.mts';
import type { SubjectName } from './workflows.mts';

/** One stretch of load on one workflow, and what n8n still had to do afterwards. */
export interface Round extends Burst {
	/** Until n8n had run all that it had taken, from the start of the load. */
	untilDone: number;
	/** Executions of that time; what was accepted if n8n does not keep them. */
	runs: number;
	/** CPU time that was taken for them, by kind of process, if the system tells. */
	cpu: CpuByPart | undefined;
}

export type Rounds<Name extends string = SubjectName> = Record<Name, Round[]>;

/**
 * Loads the workflows in turn, in short rounds: a machine that is slow for a while is slow for all.
 * Each begins when n8n has done what the one before has left to it, and each round begins with
 * another workflow.
 */
export async function compare<Name extends string>(
	stage: Stage,
	subjects: Record<Name, Subject>,
	load: Load,
	rounds: number,
): Promise<Rounds<Name>> {
	const names = Object.keys(subjects) as Name[];
	const done = Object.fromEntries(names.map((name) => [name, []])) as unknown as Rounds<Name>;
	for (let round = 0; round < rounds; round++) {
		const first = round % names.length;
		const order = [...names.slice(first), ...names.slice(0, first)];
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
	const parts = await stage.parts();
	const cpuBefore = await cpuByPart(parts);
	const started = performance.now();
	const responses = await burst(subject, load);
	const cpuResponded = await cpuByPart(parts);
	const untilDone = (await whenDone(stage, subject)) - started;
	const cpuDone = await cpuByPart(parts);
	const cpu =
		cpuBefore === undefined || cpuResponded === undefined || cpuDone === undefined
			? undefined
			: difference({ ...cpuDone, ...onlyAsked(cpuResponded) }, cpuBefore);
	const runs = Math.max(responses.accepted, (await stage.finishedRuns(subject)) - before);
	return { ...responses, untilDone: untilDone / 1000, runs, cpu };
}

/**
 * The main process of queue mode has nothing to do with what workers still run, but is asked whether they
 * do: what that takes is not the deliveries'.
 */
function onlyAsked({ main }: CpuByPart): CpuByPart {
	return main === undefined ? {} : { main };
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
