import { execa } from 'execa';

/*
 * All tests, in two lanes: generated cases, which need processor time and nothing else, beside tests that
 * wait most of their time, above all for a real n8n. Each script runs, whatever became of those before it.
 */

const lanes = [
	['test:fuzz', 'test:tables'],
	['test:coverage', 'test:long'],
];

async function succeeds(script: string): Promise<boolean> {
	const { failed } = await execa('npm', ['run', script], { stdio: 'inherit', reject: false });
	return !failed;
}

async function succeedInTurn(scripts: string[]): Promise<boolean> {
	let succeeded = true;
	for (const script of scripts) succeeded = (await succeeds(script)) && succeeded;
	return succeeded;
}

const succeeded = await Promise.all(lanes.map(succeedInTurn));
process.exitCode = succeeded.every(Boolean) ? 0 : 1;
