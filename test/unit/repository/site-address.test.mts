import { expect, it } from 'vitest';
import {
	identityOf,
	readManifest,
	siteOf,
	textFiles,
	withIdentity,
} from '../../../scripts/repository/identity.mts';
import { textOf } from '../../support/unit/documents.mts';

const ours = identityOf(readManifest());
const acme = { owner: 'Acme', repository: 'expert', name: 'Acme', email: 'docs@acme.example' };

it('with another identity every address of the docs site is that of its repository', () => {
	const naming = textFiles().filter((file) => textOf(file).includes(siteOf(ours)));
	expect(naming).toContain('credentials/CxoneExpertApi.credentials.ts');
	for (const file of naming) {
		const text = withIdentity(textOf(file), ours, acme);
		expect(text, file).toContain('https://acme.github.io/expert/');
		expect(text, file).not.toContain('n8n-nodes-cxone-expert.github.io');
		expect(withIdentity(text, acme, ours), file).toContain(siteOf(ours));
	}
});
