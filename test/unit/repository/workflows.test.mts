import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { ROOT, textOf } from '../../support/unit/documents.mts';

/* What zizmor and actionlint do not know of our workflows; pins and rights are theirs. */

interface Step {
	uses?: string;
	name?: string;
	run?: string;
}
interface Job {
	if?: string;
	uses?: string;
	needs?: string | string[];
	steps?: Step[];
}

const jobsOf = (file: string) => Object.entries((parse(textOf(file)) as { jobs: Record<string, Job> }).jobs);

describe('workflows', () => {
	it('nothing is published that was not tested', () => {
		const jobs = Object.fromEntries(jobsOf('.github/workflows/publish.yml'));
		expect(jobs.test?.uses).toBe('./.github/workflows/ci.yml');
		expect(jobs.publish?.needs).toContain('test');
		expect(jobs.publish?.steps?.some(({ uses }) => uses?.includes('checkout'))).toBe(false);
		expect(publishStep('Publish what was packed')?.run).toContain('--ignore-scripts --provenance');
	});

	it('the required check waits for every other job', () => {
		const { required, ...others } = Object.fromEntries(jobsOf('.github/workflows/ci.yml'));
		expect([...(required?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
	});

	it('the nightly report waits for every other job, also for one that runs out of time', () => {
		const { report, ...others } = Object.fromEntries(jobsOf('.github/workflows/nightly.yml'));
		expect([...(report?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
		expect(report?.if).toMatch(/^always\(\) && /);
		for (const result of ['failure', 'cancelled']) {
			expect(report?.if).toContain(`contains(needs.*.result, '${result}')`);
		}
	});

	it.each([
		['main', 0],
		['feature', 1],
	])('a tag on %s ends the check of its commit with %i', async (branch, expected) => {
		const folder = temporaryFolder();
		// A shallow clone of the tag, as the workflow checks it out, when main has gone on.
		const setUp = `
			commit() { git -c user.name=Test -c user.email=test@example.com commit -q --allow-empty -m "$1"; }
			git init -q -b main origin && cd origin && commit First
			git checkout -q -B ${branch} && commit Release && git tag v1.2.3
			git checkout -q main && commit Later
			git clone -q --depth=1 --branch=v1.2.3 "file://$PWD" ../clone`;
		await run({ run: setUp }, {}, folder);
		const env = { GITHUB_REF_NAME: 'v1.2.3' };
		const step = publishStep('Is the commit of the tag on main?');
		const { exitCode, all } = await run(step, env, join(folder, 'clone'));
		expect(exitCode, all).toBe(expected);
	});
});

/** A step as GitHub runs it, with what it puts out for others as its last lines. */
async function run(step: Step | undefined, env: Record<string, string>, cwd = ROOT) {
	const script = `${step!.run}\ntouch "$GITHUB_OUTPUT" && cat "$GITHUB_OUTPUT"`;
	return await execa('bash', ['-e', '-c', script], {
		...{ cwd, reject: false, all: true, preferLocal: true, localDir: ROOT },
		env: { ...env, GITHUB_OUTPUT: join(temporaryFolder(), 'output') },
	});
}

function publishStep(wanted: string): Step | undefined {
	const steps = jobsOf('.github/workflows/publish.yml').flatMap(([, job]) => job.steps ?? []);
	return steps.find(({ name }) => name === wanted);
}

function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'cxone-expert-workflow-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	return folder;
}
