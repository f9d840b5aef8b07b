import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { textOf } from '../../support/unit/documents.mts';

interface Workflow {
	jobs: Record<string, { steps?: Array<{ name?: string; run?: string }> }>;
}

/** The script of a step of the publish workflow. */
function scriptOf(job: string, step: string): string {
	const { jobs } = parse(textOf('.github/workflows/publish.yml')) as Workflow;
	const script = jobs[job]?.steps?.find(({ name }) => name === step)?.run;
	if (script === undefined) throw new Error(`publish.yml has no step "${step}" in ${job}`);
	return script;
}

/** Runs a script as GitHub does. */
async function run(script: string, cwd: string, env: Record<string, string>) {
	return await execa('bash', ['-e', '-c', script], { cwd, env, reject: false, all: true });
}

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'cxone-expert-publish-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** On a shallow clone of the tag, as the workflow checks it out. */
describe('the commit of a tag', { timeout: 60_000 }, () => {
	const script = scriptOf('may', 'Is the commit of the tag on main?');
	let git: (...args: string[]) => Promise<unknown>;
	beforeEach(async () => {
		const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
		const origin = join(folder, 'origin');
		await execa('git', ['init', '-q', '-b', 'main', origin]);
		git = async (...args) => await execa('git', [...who, ...args], { cwd: origin });
		await git('commit', '-q', '--allow-empty', '-m', 'First');
	});

	async function checkTag(): Promise<{ exitCode?: number | undefined; all?: string | undefined }> {
		await git('tag', '-a', 'v1.2.3', '-m', 'Release 1.2.3');
		await git('checkout', '-q', 'main');
		await git('commit', '-q', '--allow-empty', '-m', 'Later');
		const origin = `file://${join(folder, 'origin')}`;
		const clone = join(folder, 'clone');
		await execa('git', ['clone', '-q', '--depth=1', '--branch=v1.2.3', origin, clone]);
		return await run(script, clone, { GITHUB_REF_NAME: 'v1.2.3' });
	}

	it('a tag on main may be published, also when main has gone on', async () => {
		await git('commit', '-q', '--allow-empty', '-m', 'Release');
		const { exitCode, all } = await checkTag();
		expect(exitCode, all).toBe(0);
	});

	it('a tag on another branch may not be published', async () => {
		await git('checkout', '-q', '-b', 'feature');
		await git('commit', '-q', '--allow-empty', '-m', 'Not reviewed');
		const { exitCode, all } = await checkTag();
		expect(exitCode).toBe(1);
		expect(all).toContain('The commit of v1.2.3 is not on main.');
	});
});

/** With an npm that writes down how it was called. */
describe('npm publish of the workflow', () => {
	const script = scriptOf('publish', 'Publish what was packed');

	async function callsOfNpm(version: string, token: string): Promise<string[]> {
		const bin = join(folder, 'bin');
		await mkdir(bin);
		await writeFile(join(bin, 'npm'), '#!/bin/sh\necho "$*" >> "$CALLS"\n', { mode: 0o755 });
		await writeFile(join(folder, 'package.tgz'), '');
		const calls = join(folder, 'calls');
		const { exitCode, all } = await run(script, folder, {
			PATH: `${bin}${delimiter}${process.env.PATH}`,
			CALLS: calls,
			GITHUB_REF_NAME: version,
			NODE_AUTH_TOKEN: token,
		});
		expect(exitCode, all).toBe(0);
		return (await readFile(calls, 'utf8')).trim().split('\n');
	}

	it('npm publish has no token: npm takes the trusted publisher', async () => {
		expect(await callsOfNpm('v1.2.3', '')).toEqual([
			'publish ./package.tgz --ignore-scripts --provenance --access public --tag latest',
		]);
	});

	it('npm publish takes the token of the very first version, and neither shows nor stores it', async () => {
		expect(await callsOfNpm('v0.1.0', 'npm_secret')).toEqual([
			'config set --location=user //registry.npmjs.org/:_authToken=${NODE_AUTH_TOKEN}',
			'publish ./package.tgz --ignore-scripts --provenance --access public --tag latest',
		]);
	});

	it('npm publish puts a version before its release into the channel next', async () => {
		const [call] = await callsOfNpm('v1.3.0-rc.1', '');
		expect(call).toMatch(/ --tag next$/);
	});
});
