import { createHash } from 'node:crypto';
import { type Act, type ActName, ACTS } from './acts.mts';
import { Chance, clock, hashOf } from './clock.mts';
import type { Fault } from './model.mts';
import { N8n } from './n8n.mts';
import type { Package } from './process.mts';
import { openSite } from './site.mts';
import { type Ground, World } from './world.mts';

/* Runs a world from its steps, and finds the fewest that break the same rule. */

/** Something that happens. A world that fails is kept as its steps: a seed draws others once there are new acts. */
export interface Step {
	act: ActName;
	seed: number;
}

export interface Told {
	seed: number;
	steps: Step[];
	story: string[];
	/** Of the story. */
	hash: string;
	faults: Fault[];
	excepted: Map<string, number>;
	counts: { items: number; executions: number; timers: number; calls: number };
}

const USUAL_SHARE = 0.4;

/**
 * The steps of a world. Each has its own choice of what can happen, so that no accident hides another one; and each
 * act is drawn by its name, so that another act shifts no other.
 *
 * @param only these acts, beside the usual ones
 */
export function stepsOf(seed: number, count: number, only?: string[]): Step[] {
	const all = Object.entries(ACTS) as Array<[ActName, Act]>;
	const chosen = all.filter(([act, { isUsual }]) => {
		if (isUsual) return true;
		return only?.includes(act) ?? Chance.of(seed, act).is(USUAL_SHARE);
	});
	return Array.from({ length: count }, (_, index) => {
		// The lowest of these numbers is an act's as often as its weight says.
		const drawn = chosen.map(([act, { weight }]) => {
			const number = Chance.of(seed, `${act} ${index}`).next();
			return { act, rank: -Math.log(1 - number) / weight };
		});
		const { act } = drawn.reduce((first, next) => (next.rank < first.rank ? next : first));
		return { act, seed: hashOf(seed, `step ${act} ${index}`) % 100_000 };
	});
}

/** Without sockets and real time. */
export function simulated(load: Package): Ground {
	return { openSite, openN8n: (options) => new N8n({ package: load, ...options }) };
}

export async function runWorld(seed: number, steps: Step[], load: Package): Promise<Told> {
	const world = new World(seed, simulated(load));
	await world.begin();
	for (const step of steps) {
		world.note(`* ${step.act}`);
		await (ACTS[step.act] as Act).run(world, new Chance(step.seed));
	}
	await world.end();
	const { story, model, executions, site } = world;
	const counts = {
		items: executions.reduce((sum, { passed }) => sum + passed.length, 0),
		executions: executions.length,
		timers: clock.fired,
		calls: site.apiCalls.length,
	};
	const hash = createHash('sha256').update(story.join('\n')).digest('hex').slice(0, 12);
	const { faults, excepted } = model;
	return { seed, steps, story, hash, faults, excepted, counts };
}

/** Delta debugging: the fewest steps with which the same rule is broken. */
export async function shrink({ seed, steps }: Told, rule: string, load: Package, maxRuns = 150): Promise<Told> {
	let left = steps;
	let runs = 0;
	for (let size = Math.ceil(left.length / 2); size >= 1; size = nextSize(size)) {
		for (let from = 0; from < left.length && runs < maxRuns; runs++) {
			const fewer = left.toSpliced(from, size);
			const { faults } = await runWorld(seed, fewer, load);
			if (faults.some((fault) => fault.rule === rule)) left = fewer;
			else from += size;
		}
	}
	return await runWorld(seed, left, load);
}

function nextSize(size: number): number {
	return size === 1 ? 0 : Math.ceil(size / 2);
}

/** The line that repeats a world. */
export function lineOf({ seed, steps }: Told): string {
	return `npm run world -- --seed ${seed} --story --run ${textOf(steps)}`;
}

/** `deeds:12,update:7`. */
function textOf(steps: Step[]): string {
	return steps.map(({ act, seed }) => `${act}:${seed}`).join(',');
}

/** @throws for an act that there is not */
export function stepsIn(text: string): Step[] {
	return text
		.split(',')
		.filter(Boolean)
		.map((each) => {
			const [act = '', seed] = each.split(':');
			if (!(act in ACTS)) throw new Error(`There is no act '${act}'.`);
			return { act: act as ActName, seed: Number(seed) };
		});
}
