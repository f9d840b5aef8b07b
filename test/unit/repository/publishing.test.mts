import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../scripts/repository/files.mts';
import { placeholder } from '../../../scripts/repository/identity.mts';
import { notesOf } from '../../../scripts/repository/changelog.mts';
import { reasonsAgainst, type Surroundings } from '../../../scripts/repository/publishing.mts';
import { textOf } from '../../support/unit/documents.mts';

const manifest = {
	...readManifest(),
	version: '1.2.3',
	author: { name: 'Acme', email: 'docs@acme.example' },
	repository: { url: 'git+https://github.com/acme/n8n-nodes-cxone-expert.git' },
};
const PLACEHOLDER_URL = `git+https://github.com/${placeholder.owner}/n8n-nodes-cxone-expert.git`;
const workflow: Surroundings = {
	GITHUB_ACTIONS: 'true',
	GITHUB_REF: 'refs/tags/v1.2.3',
	GITHUB_WORKFLOW_REF: 'acme/n8n-nodes-cxone-expert/.github/workflows/publish.yml@refs/tags/v1.2.3',
};

describe('what may be published', () => {
	it('the publish workflow may publish the version of its tag', () => {
		expect(reasonsAgainst(manifest, workflow)).toEqual([]);
	});

	it.each<[string, Surroundings]>([
		['a laptop', {}],
		['a laptop that says it is GitHub', { ...workflow, GITHUB_WORKFLOW_REF: undefined }],
		[
			'another workflow',
			{
				...workflow,
				GITHUB_WORKFLOW_REF:
					'acme/n8n-nodes-cxone-expert/.github/workflows/ci.yml@refs/tags/v1.2.3',
			},
		],
		[
			'a fork',
			{
				...workflow,
				GITHUB_WORKFLOW_REF:
					'other/n8n-nodes-cxone-expert/.github/workflows/publish.yml@refs/tags/v1.2.3',
			},
		],
	])('%s may not publish, and is told what does', (_, where) => {
		expect(reasonsAgainst(manifest, where).join()).toContain('Run `npm run release`');
	});

	it('a tag of another version may not be published', () => {
		const reasons = reasonsAgainst({ ...manifest, version: '1.2.4' }, workflow);
		expect(reasons).toEqual([expect.stringContaining('refs/tags/v1.2.4')]);
	});

	it.each<[string, object]>([
		['owner', { repository: { url: PLACEHOLDER_URL } }],
		['name', { author: { ...manifest.author, name: placeholder.name } }],
		['email', { author: { ...manifest.author, email: placeholder.email } }],
	])('a placeholder for the %s is the one reason, and names the command', (part, unset) => {
		expect(reasonsAgainst({ ...manifest, ...unset }, workflow)).toEqual([
			expect.stringMatching(
				`${part} in package.json is the placeholder.*node scripts/identity.mts`,
			),
		]);
	});

	it('npm itself demands proof of the build, also for a tarball', () => {
		const { publishConfig, scripts } = JSON.parse(textOf('package.json')) as {
			publishConfig: object;
			scripts: Record<string, string>;
		};
		expect(publishConfig).toEqual({ access: 'public', provenance: true });
		expect(scripts.prepublishOnly).toBe('node scripts/publish-guard.mts');
	});
});

describe('notes of a release', () => {
	const changelog =
		'# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-12-01\n\n- One.\n\n## [1.0.0] - 2026-11-30\n\n- Two.\n\n[1.0.0]: https://example.com\n';

	it.each([
		['1.1.0', '- One.'],
		['1.0.0', '- Two.'],
	])('the notes of %s are what the changelog says of it', (version, notes) => {
		expect(notesOf(changelog, version)).toBe(notes);
	});

	it('a version that the changelog does not know has no notes', () => {
		expect(() => notesOf(changelog, '2.0.0')).toThrow('CHANGELOG.md has no section [2.0.0].');
	});
});
