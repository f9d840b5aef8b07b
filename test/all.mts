import { mkdir, rm, writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import PQueue from 'p-queue';
import { INSTALL_COST, isN8nInstalled } from './support/n8n/install.mts';
import { cacheFolder, n8nVersion, node20N8n } from './support/n8n/runtime.mts';
import { PROGRAMS_OF_SMALL_SET, reportMissingPrograms } from './support/programs.mts';

/*
 * `npm test`, and every test with `npm test -- --all`: two commands run beside each other, and whichever ends
 * makes room for the next. What only calculates runs meanwhile, with a low priority: n8n and browsers mostly wait. A
 * command that fails stops nothing.
 */

interface Command {
	/** Its report is counted in the end. */
	name: string;
	projects: string[];
	/** It needs a processor, and neither n8n nor a browser. */
	onlyCalculates?: true;
	env?: Record<string, string>;
}

interface Plan {
	tests: string;
	duration: string;
	/** The versions of n8n that it needs. */
	n8n: string[];
	/** What it needs beside n8n; all that any test needs without. */
	programs?: typeof PROGRAMS_OF_SMALL_SET;
	/** In this order: the longest first. */
	commands: Command[];
	/** What is said in the end. */
	closing?: string;
}

/** One test file at a time leaves a processor for n8n. */
const oneWorker = { VITEST_MAX_WORKERS: '1' };

const quick: Plan = {
	tests: 'unit and integration tests, simulated worlds, and a small set of end-to-end tests',
	duration: 'about 4 minutes',
	n8n: [n8nVersion],
	programs: PROGRAMS_OF_SMALL_SET,
	commands: [
		{ name: 'fast', projects: ['unit', 'repository', 'integration', 'world'] },
		{
			name: 'small',
			projects: ['e2e-versions'],
			env: { ...oneWorker, N8N_VERSION: n8nVersion },
		},
	],
	closing: '`npm test -- --all` runs the rest, too.',
};

const all: Plan = {
	tests: 'every test',
	duration: 'about 20 minutes',
	n8n: [n8nVersion, node20N8n],
	commands: [
		{ name: 'long', projects: ['e2e'] },
		{
			name: 'coverage',
			projects: ['unit', 'integration', 'contract'],
			env: oneWorker,
		},
		{ name: 'browser', projects: ['browser'] },
		{ name: 'tables', projects: ['tables'], onlyCalculates: true, env: oneWorker },
		// CI tries as many cases as the project has by default, in a job of its own.
		{
			name: 'fuzz',
			projects: ['fuzz', 'repository'],
			onlyCalculates: true,
			env: { ...oneWorker, FUZZ_CASES: '20000' },
		},
		{ name: 'world', projects: ['world'], onlyCalculates: true, env: { WORLDS: '1500' } },
		{ name: 'oldest', projects: ['e2e-versions'], env: { N8N_VERSION: node20N8n } },
	],
};

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const plan = values.all ? all : quick;
await announce(plan);
await emptyReports(plan);
const visibly = { stdio: 'inherit', reject: false } as const;
// End-to-end tests pack what it makes.
const build = await execa('npm', ['run', 'build'], visibly);
if (!build.failed) {
	const [beside, meanwhile] = [new PQueue({ concurrency: 2 }), new PQueue({ concurrency: 1 })];
	const laneOf = ({ onlyCalculates }: Command) => (onlyCalculates ? meanwhile : beside);
	await Promise.all(plan.commands.map(async (command) => await laneOf(command).add(() => run(command))));
}
const count = await execa('node', ['test/count.mjs'], visibly);
if (plan.closing !== undefined) console.log(plan.closing);
process.exitCode = count.failed ? 1 : 0;

async function announce({ tests, duration, n8n, programs }: Plan) {
	console.log(`\nRuns ${tests}, on a real n8n ${n8n.join(' and ')}: ${duration} on two cores.`);
	for (const version of n8n) {
		if (await isN8nInstalled(version)) continue;
		console.log(`Meanwhile installs n8n ${version}, this one time: ${INSTALL_COST}.`);
	}
	reportMissingPrograms(programs);
	console.log();
}

/** What an earlier run has left must not be counted, and what does not run must. */
async function emptyReports({ commands }: Plan) {
	await rm(reportOf('.'), { recursive: true, force: true });
	await mkdir(reportOf('.'), { recursive: true });
	await Promise.all(commands.map(({ name }) => writeFile(reportOf(`${name}.json`), '')));
}

function reportOf(file: string): string {
	return join(cacheFolder, 'test-results', file);
}

async function run({ name, projects, onlyCalculates, env }: Command): Promise<void> {
	// Through pipes: on a terminal, both commands would draw over each other.
	const output = {
		stdout: ['pipe', 'inherit'],
		stderr: ['pipe', 'inherit'],
		buffer: false,
	} as const;
	const running = execa(
		'vitest',
		[
			'run',
			...projects.flatMap((project) => ['--project', project]),
			...(name === 'coverage' ? ['--coverage'] : []),
			`--outputFile.json=${reportOf(`${name}.json`)}`,
		],
		{ ...output, env, reject: false, preferLocal: true },
	);
	if (onlyCalculates && running.pid !== undefined) setPriority(running.pid, constants.priority.PRIORITY_BELOW_NORMAL);
	const { failed, exitCode, signal } = await running;
	if (failed) await writeFile(reportOf(`${name}.exit`), `${exitCode ?? signal}`);
}
