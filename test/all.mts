import { execa } from 'execa';

/*
 * All tests, in two lanes: those that need processor time and little else, beside those that wait half of
 * theirs for a real n8n. Each script runs, whatever became of those before it.
 */

const lanes = [['test:coverage', 'test:fuzz', 'test:tables'], ['test:long']];

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
