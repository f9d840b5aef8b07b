import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { textFiles } from '../../../scripts/repository/identity.mts';
import { testedN8n } from '../../support/n8n/runtime.mts';
import { ROOT, textOf } from '../../support/unit/documents.mts';

interface Step {
	uses?: string;
	name?: string;
	run?: string;
	env?: Record<string, string>;
	with?: Record<string, unknown>;
}
interface Job {
	if?: string;
	environment?: string;
	permissions?: Record<string, string>;
	uses?: string;
	needs?: string | string[];
	steps?: Step[];
	strategy?: { matrix: { include?: Array<{ n8n: string }> } };
}
interface Workflow {
	permissions?: object;
	jobs: Record<string, Job>;
}

const files = textFiles().filter((file) => /^\.github\/(workflows|actions)\/.*\.yml$/.test(file));
const workflows = files.filter((file) => file.startsWith('.github/workflows/'));
const jobsOf = (file: string) => Object.entries((parse(textOf(file)) as Workflow).jobs);

describe('workflows', () => {
	it.each(files)('%s pins each action to a commit and names its version', (file) => {
		const uses = [...textOf(file).matchAll(/uses: (\S+)(.*)$/gm)];
		const unpinned = uses.filter(
			([, action = '', comment = '']) =>
				!action.startsWith('./') &&
				!(/^[\w/-]+@[0-9a-f]{40}$/.test(action) && /^ # v\d+\.\d+\.\d+$/.test(comment)),
		);
		expect(unpinned.map(([whole]) => whole)).toEqual([]);
	});

	it('one action has one commit in all files', () => {
		const uses = files.flatMap((file) => [
			...textOf(file).matchAll(/uses: ([\w-]+\/[\w-]+)\S*@(\S+)/g),
		]);
		const pins = new Set(uses.map(([, action, commit]) => `${action} ${commit}`));
		expect(pins.size).toBe(new Set(uses.map(([, action]) => action)).size);
	});

	it.each(workflows)('%s grants nothing but what each of its jobs names', (file) => {
		expect((parse(textOf(file)) as Workflow).permissions).toEqual({});
		for (const [name, job] of jobsOf(file)) expect(job.permissions, name).toBeDefined();
	});

	it('only the jobs that publish, release, report and analyse may write', () => {
		const writing = workflows.flatMap((file) =>
			jobsOf(file).flatMap(([name, { permissions = {} }]) =>
				Object.entries(permissions)
					.filter(([, level]) => level === 'write')
					.map(([what]) => `${file.split('/').at(-1)} ${name}: ${what}`),
			),
		);
		expect(writing.sort()).toEqual([
			'codeql.yml analyze: security-events',
			'nightly.yml report: issues',
			'pages.yml deploy: id-token',
			'pages.yml deploy: pages',
			'publish.yml publish: id-token',
			'publish.yml release: attestations',
			'publish.yml release: contents',
			'publish.yml release: id-token',
		]);
	});

	it('the docs site is published from main only, as the job that CI has, too, has built it', () => {
		const { on } = parse(textOf('.github/workflows/pages.yml')) as { on: object };
		expect(on).toEqual({ push: { branches: ['main'] }, workflow_dispatch: null });
		const { site, deploy } = Object.fromEntries(jobsOf('.github/workflows/pages.yml'));
		const { site: inCi } = Object.fromEntries(jobsOf('.github/workflows/ci.yml'));
		expect([site?.uses, inCi?.uses]).toEqual(Array(2).fill('./.github/workflows/site.yml'));
		expect(deploy?.needs).toBe('site');
		// By hand it can be started on any branch, and a fork has a main, too.
		expect(deploy?.if).toBe("github.ref == 'refs/heads/main' && !github.event.repository.fork");
		expect(deploy?.steps?.map(({ uses }) => uses?.split('@')[0])).toEqual(['actions/deploy-pages']);
	});

	it('nothing is published that was not tested', () => {
		const jobs = Object.fromEntries(jobsOf('.github/workflows/publish.yml'));
		expect(jobs.test?.uses).toBe('./.github/workflows/ci.yml');
		expect(jobs.publish?.needs).toContain('test');
		expect(jobs.publish?.steps?.some(({ uses }) => uses?.includes('checkout'))).toBe(false);
	});

	it('the release has the bill of materials, signed for the tarball that was published', () => {
		const { pack, release } = Object.fromEntries(jobsOf('.github/workflows/publish.yml'));
		const [bill] = pack!.steps!.filter(({ run }) => run?.includes('scripts/sbom.mts'));
		expect(bill?.run).toBe('node scripts/sbom.mts > sbom.cdx.json');
		const [attest] = release!.steps!.filter(({ uses }) => uses?.startsWith('actions/attest@'));
		expect(attest?.with).toEqual({ 'subject-path': '*.tgz', 'sbom-path': 'sbom.cdx.json' });
		expect(release!.steps!.at(-1)?.run).toMatch(/gh release create .* sbom\.cdx\.json$/m);
		expect(release!.needs).toBe('publish');
	});

	it('the token of the very first version reaches one step, of the protected job that publishes', () => {
		const steps = workflows.flatMap((file) =>
			jobsOf(file).flatMap(([name, job]) =>
				(job.steps ?? []).map((step) => ({ where: `${file} ${name}`, job, step })),
			),
		);
		const withSecret = steps.filter(({ step }) => JSON.stringify(step).includes('secrets.'));
		expect(withSecret.map(({ where, step }) => [where, step.env])).toEqual([
			[
				'.github/workflows/publish.yml publish',
				{ NODE_AUTH_TOKEN: '${{ secrets.NPM_FIRST_VERSION_TOKEN }}' },
			],
		]);
		expect(withSecret[0]?.job.environment).toBe('npm');
		expect(withSecret[0]?.step.run).toContain('--ignore-scripts --provenance');
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
		['', 'issue create --title The nightly run is red --body'],
		['7', 'issue comment 7 --body'],
	])(
		'the nightly report names the jobs that failed, where issue %j is open',
		async (open, call) => {
			const { report } = Object.fromEntries(jobsOf('.github/workflows/nightly.yml'));
			expect(report!.permissions).toEqual({ actions: 'read', issues: 'write' });
			const gh = `case "$1 $2" in 'issue list') echo ${open} ;; api*) echo "$*" ;; *) echo "> $*" ;; esac`;
			const github = { GITHUB_SERVER_URL: 'https://gh', GITHUB_REPOSITORY: 'a/b', GH_REPO: 'a/b' };
			const env = { ...github, GITHUB_RUN_ID: '5' };
			const { exitCode, stdout } = await run(report!.steps![0], env, { gh });
			const jobs = `api --paginate repos/a/b/actions/runs/5/jobs --jq .jobs[] | select(`;
			const link = 'https://gh/a/b/actions/runs/5';
			expect([exitCode, stdout]).toEqual([
				0,
				expect.stringContaining(`> ${call} Failed or out of time: ${link}\n\n${jobs}`),
			]);
		},
	);

	it.each(files)(
		'%s writes no version of n8n, which stand in test/support/n8n/runtime.mts',
		(file) => {
			expect(testedN8n.filter((version) => textOf(file).includes(version))).toEqual([]);
		},
	);

	it('the newest and the oldest n8n are tried on each push', () => {
		const { e2e } = Object.fromEntries(jobsOf('.github/workflows/ci.yml'));
		const tried = e2e?.strategy?.matrix.include?.map(({ n8n }) => n8n);
		expect(new Set(tried)).toEqual(new Set(['newest', 'oldest']));
	});

	it.each([
		['newest', testedN8n.at(-1)],
		['oldest', testedN8n[0]],
	])('of the %s n8n its version is known', async (which, version) => {
		const { runs } = parse(textOf('.github/actions/n8n/action.yml')) as { runs: { steps: Step[] } };
		expect((await run(runs.steps[0], { WHICH: which })).stdout).toBe(`version=${version}`);
	});

	it('an image of each tested n8n, of stable, next and the early access of n8n 3 is tried each night', async () => {
		const { versions, n8n } = Object.fromEntries(jobsOf('.github/workflows/nightly.yml'));
		const step = versions!.steps!.find(({ run }) => run !== undefined);
		const tags = JSON.stringify([...testedN8n, 'stable', 'next', 'v3-rc']);
		expect((await run(step, {})).stdout).toBe(`tags=${tags}`);
		const runs = n8n!.steps!.map((each) => each.run).join('\n');
		expect(runs).toContain('test/versions/main.mts --image "n8nio/n8n:$TAG"');
	});

	it('a tree of 20,000 pages is read each night with a heap of 400 MB', () => {
		const { tree } = Object.fromEntries(jobsOf('.github/workflows/nightly.yml'));
		const { run, env } = tree!.steps!.at(-1)!;
		expect(run).toContain('vitest run --project integration test/integration/page-tree-large');
		expect(env).toEqual({ TREE_PAGES: '20000', NODE_OPTIONS: '--max-old-space-size=400' });
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
		await run({ run: setUp }, {}, { cwd: folder });
		const env = { GITHUB_REF_NAME: 'v1.2.3' };
		const { exitCode, all } = await run(publishStep('Is the commit of the tag on main?'), env, {
			cwd: join(folder, 'clone'),
		});
		expect(exitCode, all).toBe(expected);
	});

	const PUBLISH = 'publish ./package.tgz --ignore-scripts --provenance --access public';
	const LOGIN = 'config set --location=user //registry.npmjs.org/:_authToken=${NODE_AUTH_TOKEN}';

	it.each([
		['', [PUBLISH]],
		['npm_secret', [LOGIN, PUBLISH]],
	])('with the token %j npm is called as it should be', async (token, expected) => {
		const cwd = temporaryFolder();
		writeFileSync(join(cwd, 'package.tgz'), '');
		const env = { NODE_AUTH_TOKEN: token };
		const { exitCode, stdout } = await run(publishStep('Publish what was packed'), env, {
			cwd,
			npm: 'echo "$*"',
		});
		expect([exitCode, ...stdout.split('\n')]).toEqual([0, ...expected]);
	});

	it('npm refuses a release candidate, which would become what everybody installs', async () => {
		const cwd = temporaryFolder();
		mkdirSync(join(cwd, 'package'));
		const manifest = { name: 'n8n-nodes-cxone-expert', version: '1.3.0-rc.1' };
		writeFileSync(join(cwd, 'package', 'package.json'), JSON.stringify(manifest));
		await run({ run: 'tar -czf package.tgz package' }, {}, { cwd });
		// Nothing listens at that registry.
		const registry = { npm_config_dry_run: 'true', npm_config_registry: 'http://127.0.0.1:9' };
		const env = { ...registry, NODE_AUTH_TOKEN: '' };
		const { exitCode, all } = await run(publishStep('Publish what was packed'), env, {
			cwd,
			npm: 'command npm "$@"',
		});
		expect(exitCode, all).toBe(1);
		expect(all).toContain('when publishing a prerelease version');
	});
});

/** A step as GitHub runs it, with what it puts out for others as its last lines; `npm` and `gh` are what these do. */
async function run(
	step: Step | undefined,
	env: Record<string, string>,
	{ cwd = ROOT, npm = '', gh = '' } = {},
) {
	const script = `npm() { ${npm || ':'}; }\ngh() { ${gh || ':'}; }\n${step!.run}\ntouch "$GITHUB_OUTPUT" && cat "$GITHUB_OUTPUT"`;
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
