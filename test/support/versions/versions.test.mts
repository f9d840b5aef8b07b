import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../n8n/runtime.mts';
import { tableOf } from './table.mts';

it('the table of an n8n counts what passed, failed and was left out, and names what failed', () => {
	const tests = (...given: string[]) =>
		given.map((status, index) => ({ status, fullName: `is ${status} ${index}` }));
	const text = tableOf({
		testResults: [
			{
				name: '/e2e/memory.test.mts',
				status: 'passed',
				assertionResults: tests('passed', 'skipped'),
			},
			{
				name: '/e2e/agents.test.mts',
				status: 'failed',
				assertionResults: tests('passed', 'failed', 'pending'),
			},
			{ name: '/e2e/package.test.mts', status: 'failed', assertionResults: [] },
		],
	});
	expect(text.replaceAll(/ +/g, ' ')).toBe(
		[
			...['| tests | passed | failed | left out |', '| :------ | -----: | -----: | -------: |'],
			...['| memory | 1 | 0 | 1 |', '| agents | 1 | 2 | 0 |', '| package | 0 | 1 | 0 |', ''],
			...['Failed:', '', '- is failed 1'],
		].join('\n'),
	);
});

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

it('an n8n whose port a container has that cannot be removed ends with what Docker says', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-docker-'));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	const engine = join(folder, 'docker');
	const docker = `#!/bin/sh
		case "$*" in
			'container inspect n8n-under-test-5678') ;;
			'rm --force n8n-under-test-5678') echo 'device or resource busy' >&2; exit 1 ;;
			*) echo "$* was not to be called" >&2; exit 2 ;;
		esac`;
	await writeFile(engine, docker, { mode: 0o755 });
	const launcher = join(projectRoot, 'test/support/versions/launch-container.mjs');
	const settings = JSON.stringify({ engine, image: 'n8nio/n8n:stable', maxTries: 2 });
	const script = `import(${JSON.stringify(launcher)}).then(({ launch }) => launch(${settings}))`;
	const { exitCode, stderr } = await execa(process.execPath, ['-e', script], {
		env: { N8N_PORT: '5678' },
		reject: false,
	});
	expect(exitCode, stderr).toBe(1);
	expect(stderr).toContain('rm --force n8n-under-test-5678" failed: device or resource busy');
});
