import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/repository/identity.mts';
import { install, realNow } from './clock.mts';
import { type Package, packageAt, smallPackage } from './process.mts';
import { lineOf, runWorld, shrink, stepsIn, stepsOf, type Told } from './run.mts';

const usage = `Runs simulated worlds: a site, an n8n with the built package, and accidents.

  npm run world -- --seed 7 --story        one world, and what happens in it

  --seed N          of the first world (1)
  --count N         worlds (1)
  --steps N         steps of each (60)
  --only A,B        accidents that happen; in each world two of five otherwise
  --run A:1,B:2     these steps instead
  --story           prints what happens
  --twice           runs each world twice, and compares the stories
  --shrink          finds the fewest steps that break a rule, for the first world of each rule
  --small           a package that remembers 30 deliveries only
  --package FILE    the built package (dist/nodes/CxoneExpert/index.js)
`;

const { values } = parseArgs({
	options: {
		seed: { type: 'string', default: '1' },
		count: { type: 'string', default: '1' },
		steps: { type: 'string', default: '60' },
		only: { type: 'string' },
		run: { type: 'string' },
		story: { type: 'boolean', default: false },
		twice: { type: 'boolean', default: false },
		shrink: { type: 'boolean', default: false },
		small: { type: 'boolean', default: false },
		package: { type: 'string', default: 'dist/nodes/CxoneExpert/index.js' },
		help: { type: 'boolean', default: false },
	},
});

/** Rules that some world has broken. */
const broken = new Set<string>();

if (values.help) console.log(usage);
else await main();
// What is under way in a world never ends.
process.exit();

async function main(): Promise<void> {
	const load = values.small ? await smallPackage() : undefined;
	install();
	const [began, cpu] = [realNow(), process.cpuUsage()];
	const told: Told[] = [];
	for await (const each of worlds(load ?? packageAt(resolve(root, values.package)))) {
		// Of tens of thousands, the stories would not fit into memory.
		told.push({ ...each, steps: [], story: [] });
	}
	const { user, system } = process.cpuUsage(cpu);
	summarise(told, (user + system) / 1e6, (realNow() - began) / 1000);
	if (told.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
}

/** Each with what is said of it. */
async function* worlds(load: Package) {
	const { run } = values;
	const [seed, count, steps] = [Number(values.seed), Number(values.count), Number(values.steps)];
	const only = values.only?.split(',');
	for (let each = seed; each < seed + count; each++) {
		const taken = run === undefined ? stepsOf(each, steps, only) : stepsIn(run);
		yield tell(await runWorld(each, taken, load), load);
	}
}

async function tell(told: Told, load: Package): Promise<Told> {
	if (values.story) console.log(told.story.join('\n'));
	if (values.twice) compare(told, await runWorld(told.seed, told.steps, load));
	for (const rule of new Set(told.faults.map((fault) => fault.rule))) {
		const isShrunk = values.shrink && !broken.has(rule);
		broken.add(rule);
		const few = isShrunk ? await shrink(told, rule, load) : told;
		const text = few.faults.find((fault) => fault.rule === rule)?.text;
		console.log(`World ${told.seed}: ${rule}: ${text}\n  ${lineOf(few)}${values.small ? ' --small' : ''}`);
		if (isShrunk) console.log(few.story.map((line) => `    ${line}`).join('\n'));
	}
	return told;
}

function compare(one: Told, other: Told): void {
	if (one.hash === other.hash) return;
	const line = one.story.findIndex((each, index) => each !== other.story[index]);
	console.log(`World ${one.seed} differs at ${line}:\n  ${one.story[line]}\n  ${other.story[line]}`);
	process.exitCode = 1;
}

function summarise(told: Told[], cpuSeconds: number, seconds: number): void {
	const rules = Map.groupBy(
		told.flatMap(({ seed, faults }, index) =>
			[...new Set(faults.map(({ rule }) => rule))].map((rule) => ({ seed, rule, nth: index + 1 })),
		),
		({ rule }) => rule,
	);
	for (const [rule, worlds] of [...rules].sort()) {
		const seeds = worlds.map(({ seed }) => seed).slice(0, 8);
		const { nth } = worlds[0]!;
		console.log(`${rule}: ${worlds.length} worlds, number ${nth} first (${seeds.join(', ')})`);
	}
	const sum = (what: keyof Told['counts']) => told.reduce((before, { counts }) => before + counts[what], 0);
	console.log(
		`${told.length} worlds: ${sum('items')} items, ${sum('executions')} executions, ${sum('calls')} calls, ${sum('timers')} timers`,
	);
	const speed = (told.length / cpuSeconds).toFixed(2);
	console.log(`${cpuSeconds.toFixed(1)} s of CPU (${speed} worlds a second), ${seconds.toFixed(1)} s`);
}
