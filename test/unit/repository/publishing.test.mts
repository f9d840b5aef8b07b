import { expect, it } from 'vitest';
import { readManifest } from '../../../scripts/repository/identity.mts';
import { notesOf, PLACEHOLDER, reasonsAgainst } from '../../../scripts/repository/publishing.mts';

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
const [RELEASE, TAG] = ['Run `npm version`', 'the tag has to be refs/tags/v1.2.'];

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
