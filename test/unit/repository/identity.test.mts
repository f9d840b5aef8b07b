import { describe, expect, it } from 'vitest';
import { readManifest, textFiles } from '../../../scripts/repository/files.mts';
import {
	disagreement,
	identityOf,
	knowsThePlaceholder,
	placeholder,
	unsetParts,
	withIdentity,
	type Identity,
	type Manifest,
} from '../../../scripts/repository/identity.mts';
import { textOf } from '../../support/unit/documents.mts';

const identity = identityOf(readManifest());
const acme: Identity = {
	owner: 'another-owner',
	repository: identity.repository,
	name: 'Acme "Docs" Team',
	email: 'maintainers@acme.example',
};

describe('who publishes this package', () => {
	it('every file names the repository under the owner that package.json names', () => {
		const files = textFiles().filter((file) => !knowsThePlaceholder(file));
		const disagreeing = files.flatMap((file) => {
			const found = disagreement(textOf(file), identity);
			return found === undefined ? [] : [`${file}: ${found}`];
		});
		expect(disagreeing).toEqual([]);
	});

	it('package.json, licence, code owners and code of conduct name the same owner, name and address', () => {
		const manifest = JSON.parse(textOf('package.json')) as Record<string, { url?: string }>;
		const repository = `https://github.com/${identity.owner}/${identity.repository}`;
		expect(manifest.homepage).toBe(repository);
		expect(manifest.bugs).toEqual({ url: `${repository}/issues` });
		expect(textOf('LICENSE')).toMatch(new RegExp(`Copyright \\(c\\) \\d{4} ${identity.name}\n`));
		expect(textOf('.github/CODEOWNERS')).toContain(`* @${identity.owner}\n`);
		expect(textOf('CODE_OF_CONDUCT.md')).toContain(identity.email);
		expect(textOf('SECURITY.md')).toContain(`${repository}/security/advisories/new`);
	});

	it('a repository under another owner is found', () => {
		const others = ['github.com', 'raw.githubusercontent.com', 'img.shields.io/github/license'];
		for (const host of others) {
			expect(
				disagreement(`https://${host}/someone/${identity.repository}/x`, identity),
			).toBeDefined();
		}
		expect(disagreement('https://github.com/n8n-io/n8n', identity)).toBeUndefined();
	});
});

describe('setting the identity', () => {
	it('no file names the old owner, name or address afterwards', () => {
		for (const file of textFiles().filter((name) => !knowsThePlaceholder(name))) {
			const text = withIdentity(textOf(file), identity, acme);
			expect(text, file).not.toContain(`${identity.owner}/${identity.repository}`);
			expect(text, file).not.toContain(identity.email);
			expect(text, file).not.toContain(`"name": ${JSON.stringify(identity.name)}`);
		}
	});

	it('package.json has the new identity and stays valid', () => {
		const text = withIdentity(textOf('package.json'), identity, acme);
		const manifest = JSON.parse(text) as Manifest;
		expect(identityOf(manifest)).toEqual(acme);
		expect(manifest.name).toBe(readManifest().name);
	});

	it('licence and code owners name the new owner', () => {
		expect(withIdentity(textOf('LICENSE'), identity, acme)).toContain(`${acme.name}\n`);
		expect(withIdentity(textOf('.github/CODEOWNERS'), identity, acme)).toContain(
			'* @another-owner\n',
		);
	});

	it('setting it back gives every file as it was', () => {
		for (const file of textFiles().filter((name) => !knowsThePlaceholder(name))) {
			const text = textOf(file);
			expect(withIdentity(withIdentity(text, identity, acme), acme, identity), file).toBe(text);
		}
	});

	it('names of packages and folders that only contain the owner stay', () => {
		const from = { ...identity, ...placeholder };
		const text = `"node": "n8n-nodes-cxone-expert.cxoneExpert", node_modules/n8n-nodes-cxone-expert/dist`;
		expect(withIdentity(text, from, acme)).toBe(text);
	});

	it('the placeholder is known by each of its parts', () => {
		expect(unsetParts({ ...acme, ...placeholder })).toEqual(['owner', 'name', 'email']);
		expect(unsetParts({ ...acme, email: placeholder.email })).toEqual(['email']);
		expect(unsetParts(acme)).toEqual([]);
	});
});
