import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../n8n/runtime.mts';

it('a machine without Docker says that it tests no image, there and in the summary of the job, and fails', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-summary-'));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	const summary = join(folder, 'summary.md');
	const { exitCode, stdout } = await execa(
		process.execPath,
		['test/versions/main.mts', '--image', 'n8nio/n8n:stable'],
		{ cwd: projectRoot, env: { PATH: '', GITHUB_STEP_SUMMARY: summary }, reject: false },
	);
	const said = '### n8nio/n8n:stable\n\nNot tested: there is neither Docker nor Podman here.';
	expect(exitCode).toBe(1);
	expect(stdout).toContain(said);
	expect(await readFile(summary, 'utf8')).toContain(said);
});
