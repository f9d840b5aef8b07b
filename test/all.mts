import { execa } from 'execa';

/*
 * All tests, in two lanes: those that need processor time and little else, beside those that wait half of
 * theirs for a real n8n. Each script runs, whatever became of those before it.
 */

/** One test file at a time: what is left of two processors keeps n8n quick, and both lanes end together. */
const oneWorker = { VITEST_MAX_WORKERS: '1' };

const lanes = [
	{ scripts: ['test:coverage', 'test:fuzz', 'test:tables'], env: oneWorker },
	{ scripts: ['test:long'] },
];

async function succeeds(script: string, env?: Record<string, string>): Promise<boolean> {
	const { failed } = await execa('npm', ['run', script], { env, stdio: 'inherit', reject: false });
	return !failed;
}

async function succeedInTurn({ scripts, env }: (typeof lanes)[number]): Promise<boolean> {
	let succeeded = true;
	for (const script of scripts) succeeded = (await succeeds(script, env)) && succeeded;
	return succeeded;
}

const succeeded = await Promise.all(lanes.map(succeedInTurn));
process.exitCode = succeeded.every(Boolean) ? 0 : 1;
