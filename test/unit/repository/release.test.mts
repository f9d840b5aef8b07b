import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../scripts/repository/identity.mts';
import { textOf } from '../../support/unit/documents.mts';

/** As it is before a release; that of the project has no entry right after one. */
const CHANGELOG = `# Changelog

What changes.

## [Unreleased]

### Added

- Something to release.

[Unreleased]: https://github.com/owner/repository/commits/main
`;

/** `npm run release` on a copy, whose remote is a folder; the checks before it are left out. */
describe('npm run release', { timeout: 120_000 }, () => {
	let folder: string;
	let git: (...args: string[]) => Promise<string>;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'cxone-expert-release-'));
		const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
		const checkout = join(folder, 'checkout');
		await execa('git', ['init', '-q', '--bare', join(folder, 'remote.git')]);
		await execa('git', ['init', '-q', '-b', 'main', checkout]);
		git = async (...args) => (await execa('git', [...who, ...args], { cwd: checkout })).stdout;
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
	}, 120_000);
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
