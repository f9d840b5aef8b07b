import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { readManifest, root } from '../../../scripts/repository/identity.mts';
import { notesOf, PLACEHOLDER, reasonsAgainst } from '../../../scripts/repository/publishing.mts';
import { textOf } from '../../support/unit/documents.mts';

const acme = {
	...{ ...readManifest(), version: '1.2.3', author: { name: 'Acme', email: 'docs@acme.com' } },
	repository: { url: 'git+https://github.com/acme/n8n-nodes-cxone-expert.git' },
};
const unread = { ...acme, author: { ...acme.author, email: 'acme@users.noreply.github.com' } };
const example = { ...acme, author: { ...acme.author, email: 'acme@mail.Example.org' } };
const unset = { ...acme, repository: { url: acme.repository.url.replace('acme', PLACEHOLDER) } };
const workflow = (name: string, owner = 'acme') => ({
	...{ GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/tags/v1.2.3' },
	GITHUB_WORKFLOW_REF: `${owner}/n8n-nodes-cxone-expert/.github/workflows/${name}.yml@refs/tags/v1.2.3`,
});
const [RELEASE, TAG] = ['Run `npm run release`', 'the tag has to be refs/tags/v1.2.'];

it.each([
	['the publish workflow', acme, workflow('publish'), []],
	['a laptop', acme, {}, [RELEASE, TAG]],
	['another workflow', acme, workflow('ci'), [RELEASE]],
	['a fork', acme, workflow('publish', 'other'), [RELEASE]],
	['the tag of another version', { ...acme, version: '1.2.4' }, workflow('publish'), [TAG]],
	['an address without mail', unread, workflow('publish'), ['Nobody receives mail at acme@']],
	['an example of an address', example, workflow('publish'), ['Nobody receives mail at acme@']],
	['a placeholder', unset, workflow('publish'), ['Nobody has said yet who publishes']],
])('%s may publish, or is told each reason against it', (_, manifest, where, reasons) => {
	expect(reasonsAgainst(manifest, where)).toEqual(reasons.map((reason): unknown => expect.stringContaining(reason)));
});

it('the notes of a release are what the changelog says of it', () => {
	const changelog = '## [1.1.0] - 2026-12-01\n\n- One.\n\n## [1.0.0] - 2026-11-30\n\n- Two.\n';
	expect(notesOf(changelog, '1.1.0')).toBe('- One.');
	expect(() => notesOf(changelog, '2.0.0')).toThrow('CHANGELOG.md has no section [2.0.0].');
});

/** What stands above the changes: those of the project have no entry right after a release. */
const before = '# Changelog\n\nWhat changes.\n\n## [Unreleased]\n\n### Added\n\n- Something.\n';

/** `npm run release`, without the checks before it, in a repository of its own; `received` is what the remote gets. */
async function release(version: string) {
	const folder = mkdtempSync(join(tmpdir(), 'cxone-expert-release-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const unchecked = { ...(JSON.parse(textOf('.release-it.json')) as object), hooks: {} };
	writeFileSync(join(folder, 'CHANGELOG.md'), `${before}\n[Unreleased]: https://example.com/main\n`);
	writeFileSync(join(folder, 'package.json'), textOf('package.json'));
	writeFileSync(join(folder, '.release-it.json'), JSON.stringify(unchecked));
	symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
	// Nothing listens at that registry: even a release that wanted to publish could not.
	const env = { NO_COLOR: '1', npm_config_registry: 'http://127.0.0.1:9' };
	const script = `
		printf 'remote\\nnode_modules\\n' > .gitignore
		git init -q --bare remote
		git init -q -b main
		git config user.name Test
		git config user.email test@example.com
		git remote add origin "$PWD/remote"
		git add -A
		git commit -qm All
		git push -qu origin main
		printf '#!/bin/sh\\ncat >> received\\n' > remote/hooks/post-receive
		chmod -R +x remote/hooks
		node_modules/.bin/release-it --ci ${version}`;
	const options = { cwd: folder, env, reject: false, all: true } as const;
	const { exitCode, all } = await execa('bash', ['-e', '-c', script], options);
	const textIn = (file: string) => {
		const path = join(folder, file);
		return existsSync(path) ? readFileSync(path, 'utf8') : '';
	};
	return { exitCode, all, changelog: textIn('CHANGELOG.md'), received: textIn('remote/received') };
}

it('npm run release dates the changelog, keeps every line of it, makes a tag and publishes nothing', async () => {
	const { version } = readManifest();
	const { exitCode, all, changelog, received } = await release(version);
	expect(exitCode, all).toBe(0);
	const heading = String.raw`^## \[Unreleased\]\n\n## \[${version}\] - \d{4}-\d\d-\d\d$`;
	expect(changelog).toMatch(new RegExp(heading, 'm'));
	expect(before.split('\n').filter((line) => !changelog.includes(line))).toEqual([]);
	expect(received).toMatch(/refs\/heads\/main$/m);
	expect(received).toMatch(new RegExp(`refs/tags/v${version}$`, 'm'));
	expect(all).not.toMatch(/npm publish/i);
	// A tag publishes: it must not arrive where main takes no commit.
	expect(textOf('.release-it.json')).toContain('"--atomic"');
});
