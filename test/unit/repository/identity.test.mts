import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { mailProblem, placeholder, root } from '../../../scripts/repository/identity.mts';

it.each([
	[placeholder.email],
	['12345+jane@users.noreply.github.com'],
	['noreply@github.noreply.github.com'],
	['jane@example.com'],
	['jane@Docs.Example.ORG'],
	['docs@acme.example'],
	['docs@acme.invalid'],
	['docs@acme.test'],
	['jane@localhost'],
])('%s is refused as an address that receives no mail', (email) => {
	expect(mailProblem(email)).toMatch(/^Nobody receives mail at .+ Use an address that/);
});

it.each([['docs@acme.com'], ['jane@notexample.com'], ['jane@github.com'], ['jane@test.acme.com']])(
	'%s is accepted as an address',
	(email) => {
		expect(mailProblem(email)).toBeUndefined();
	},
);

it.each([['acme.com'], ['jane@'], ['Jane <jane@acme.com>'], ['']])(
	'"%s" is refused as no address',
	(email) => {
		expect(mailProblem(email)).toBe(`"${email}" is no email address.`);
	},
);

it('the script for the identity refuses an address that receives no mail, and changes nothing', async () => {
	// The address that is set: without the refusal, nothing would be written either.
	const script = join(root, 'scripts/identity.mts');
	const set = execa('node', [script, '--email', placeholder.email], { reject: false });
	const { exitCode, stdout, stderr } = await set;
	expect(stderr).toMatch(/^Nothing was changed\. Nobody receives mail at n8n-nodes-cxone-expert@/m);
	expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});
