import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { placeholder, readManifest, root } from '../../../scripts/repository/identity.mts';
import {
	notesOf,
	reasonsAgainst,
	type Surroundings,
} from '../../../scripts/repository/publishing.mts';
import { textOf } from '../../support/unit/documents.mts';

const WHO = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];

const manifest = {
	...readManifest(),
	version: '1.2.3',
	author: { name: 'Acme', email: 'docs@acme.example' },
	repository: { url: 'git+https://github.com/acme/n8n-nodes-cxone-expert.git' },
};
const workflowRef = (name: string, owner = 'acme') =>
	`${owner}/n8n-nodes-cxone-expert/.github/workflows/${name}.yml@refs/tags/v1.2.3`;
const workflow: Surroundings = {
	GITHUB_ACTIONS: 'true',
	GITHUB_REF: 'refs/tags/v1.2.3',
	GITHUB_WORKFLOW_REF: workflowRef('publish'),
};

describe('what may be published', () => {
	it('the publish workflow may publish the version of its tag', () => {
		expect(reasonsAgainst(manifest, workflow)).toEqual([]);
		const { publishConfig } = JSON.parse(textOf('package.json')) as { publishConfig: object };
		expect(publishConfig).toEqual({ access: 'public', provenance: true });
	});

	it.each<[string, Surroundings]>([
		['a laptop', {}],
		['a laptop that says it is GitHub', { ...workflow, GITHUB_WORKFLOW_REF: undefined }],
		['another workflow', { ...workflow, GITHUB_WORKFLOW_REF: workflowRef('ci') }],
		['a fork', { ...workflow, GITHUB_WORKFLOW_REF: workflowRef('publish', 'other') }],
	])('%s may not publish, and is told what does', (_, where) => {
		expect(reasonsAgainst(manifest, where).join()).toContain('Run `npm run release`');
	});

	it('a tag of another version and a placeholder for who publishes may not be published', () => {
		expect(reasonsAgainst({ ...manifest, version: '1.2.4' }, workflow)).toEqual([
			expect.stringContaining('refs/tags/v1.2.4'),
		]);
		const author = { ...manifest.author, email: placeholder.email };
		expect(reasonsAgainst({ ...manifest, author }, workflow)).toEqual([
			expect.stringContaining('email in package.json is the placeholder'),
		]);
	});

	it('the notes of a release are what the changelog says of it', () => {
		const changelog = '## [1.1.0] - 2026-12-01\n\n- One.\n\n## [1.0.0] - 2026-11-30\n\n- Two.\n';
		expect(notesOf(changelog, '1.1.0')).toBe('- One.');
		expect(() => notesOf(changelog, '2.0.0')).toThrow('CHANGELOG.md has no section [2.0.0].');
	});
});

describe('steps of the publish workflow, run as GitHub does', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'cxone-expert-publish-'));
	});
	afterEach(async () => await rm(folder, { recursive: true, force: true }));

	interface Workflow {
		jobs: Record<string, { steps?: Array<{ name?: string; run?: string }> }>;
	}

	async function run(job: string, step: string, cwd: string, env: Record<string, string>) {
		const { jobs } = parse(textOf('.github/workflows/publish.yml')) as Workflow;
		const script = jobs[job]?.steps?.find(({ name }) => name === step)?.run;
		if (script === undefined) throw new Error(`publish.yml has no step "${step}" in ${job}`);
		return await execa('bash', ['-e', '-c', script], { cwd, env, reject: false, all: true });
	}

	/** Of a shallow clone of the tag, as the workflow checks it out, when main has gone on. */
	it.each([
		['main', 0],
		['feature', 1],
	])('a tag on %s ends the check of its commit with %i', async (branch, expected) => {
		const origin = join(folder, 'origin');
		const clone = join(folder, 'clone');
		await execa('git', ['init', '-q', '-b', 'main', origin]);
		const git = async (...args: string[]) => await execa('git', [...WHO, ...args], { cwd: origin });
		const commit = async (subject: string) =>
			await git('commit', '-q', '--allow-empty', '-m', subject);
		await commit('First');
		if (branch !== 'main') await git('checkout', '-q', '-b', branch);
		await commit('Release');
		await git('tag', '-a', 'v1.2.3', '-m', 'Release 1.2.3');
		await git('checkout', '-q', 'main');
		await commit('Later');
		await execa('git', ['clone', '-q', '--depth=1', '--branch=v1.2.3', `file://${origin}`, clone]);
		const env = { GITHUB_REF_NAME: 'v1.2.3' };
		const { exitCode, all } = await run('may', 'Is the commit of the tag on main?', clone, env);
		expect(exitCode, all).toBe(expected);
	});

	const PUBLISH = 'publish ./package.tgz --ignore-scripts --provenance --access public --tag';
	const LOGIN = 'config set --location=user //registry.npmjs.org/:_authToken=${NODE_AUTH_TOKEN}';

	/** With an npm that writes down how it was called. */
	it.each([
		['v1.2.3', '', [`${PUBLISH} latest`]],
		['v1.3.0-rc.1', '', [`${PUBLISH} next`]],
		['v0.1.0', 'npm_secret', [LOGIN, `${PUBLISH} latest`]],
	])('of %s with the token %j npm is called as it should be', async (version, token, expected) => {
		const bin = join(folder, 'bin');
		const calls = join(folder, 'calls');
		await mkdir(bin);
		await writeFile(join(bin, 'npm'), '#!/bin/sh\necho "$*" >> "$CALLS"\n', { mode: 0o755 });
		await writeFile(join(folder, 'package.tgz'), '');
		const PATH = `${bin}${delimiter}${process.env.PATH}`;
		const env = { PATH, CALLS: calls, GITHUB_REF_NAME: version, NODE_AUTH_TOKEN: token };
		const { exitCode, all } = await run('publish', 'Publish what was packed', folder, env);
		expect(exitCode, all).toBe(0);
		expect((await readFile(calls, 'utf8')).trim().split('\n')).toEqual(expected);
	});
});

/** As it is before a release; that of the project has no entry right after one. */
const CHANGELOG = `# Changelog

What changes.

## [Unreleased]

### Added

- Something to release.

[Unreleased]: https://github.com/owner/repository/commits/main
`;

/** `npm run release` on a copy, whose remote is a folder; the checks before it are left out. */
describe('npm run release', () => {
	let folder: string;
	let git: (...args: string[]) => Promise<string>;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'cxone-expert-release-'));
		const checkout = join(folder, 'checkout');
		await execa('git', ['init', '-q', '--bare', join(folder, 'remote.git')]);
		await execa('git', ['init', '-q', '-b', 'main', checkout]);
		git = async (...args) => (await execa('git', [...WHO, ...args], { cwd: checkout })).stdout;
		await writeFile(join(checkout, 'package.json'), textOf('package.json'));
		await writeFile(join(checkout, 'CHANGELOG.md'), CHANGELOG);
		const config = { ...(JSON.parse(textOf('.release-it.json')) as object), hooks: {} };
		await writeFile(join(checkout, '.release-it.json'), JSON.stringify(config));
		await writeFile(join(checkout, '.gitignore'), 'node_modules\n');
		await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
		await git('add', '-A');
		await git('commit', '-qm', 'All');
		await git('config', 'user.name', 'Test');
		await git('config', 'user.email', 'test@example.com');
		await git('remote', 'add', 'origin', join(folder, 'remote.git'));
		await git('push', '-qu', 'origin', 'main');
	});
	afterAll(async () => await rm(folder, { recursive: true, force: true }));

	const release = async () =>
		await execa('release-it', ['--ci', 'minor'], {
			cwd: join(folder, 'checkout'),
			preferLocal: true,
			localDir: root,
			reject: false,
			all: true,
			// Nothing listens there: even a release that wanted to publish could not.
			env: { NO_COLOR: '1', npm_config_registry: 'http://127.0.0.1:9' },
		});

	it('a release dates the changelog, keeps every line of it, makes a tag and publishes nothing', async () => {
		const before = CHANGELOG.split('\n');
		const { exitCode, all } = await release();
		expect(exitCode, all).toBe(0);
		const changelog = await readFile(join(folder, 'checkout', 'CHANGELOG.md'), 'utf8');
		expect(changelog).toMatch(/^## \[Unreleased\]\n\n## \[\d+\.\d+\.0\] - \d{4}-\d\d-\d\d$/m);
		const lost = before.filter((line) => !changelog.includes(line));
		expect(lost.filter((line) => !line.startsWith('[Unreleased]: '))).toEqual([]);
		expect(await git('ls-remote', '--tags', 'origin')).toMatch(/refs\/tags\/v\d+\.\d+\.0$/m);
		expect(all).not.toMatch(/npm publish/i);
	});
});
