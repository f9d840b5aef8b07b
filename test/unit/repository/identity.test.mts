import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import {
	mailProblem,
	nameProblem,
	placeholder,
	repositoryNameProblem,
	root,
} from '../../../scripts/repository/identity.mts';

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

it('what GitHub takes for no name of an account or repository is refused', () => {
	expect(['acme', 'Acme-Docs', 'docs.acme_2'].map(repositoryNameProblem)).toEqual(
		Array(3).fill(undefined),
	);
	for (const name of ['Acme Docs', 'acme/docs', '']) {
		expect(repositoryNameProblem(name)).toBe(
			`"${name}" is no name of an account or repository at GitHub.`,
		);
	}
});

it.each(['', ' ', ' Acme', 'Acme\nDocs', 'Acme\u0007'])('%j is refused as a name', (name) => {
	expect(nameProblem(name)).toBe(`"${name}" is no name of a person or group.`);
});

it.each(['Acme', 'Acme Docs & Söhne', '日本'])('"%s" is accepted as a name', (name) => {
	expect(nameProblem(name)).toBeUndefined();
});

// What is set already, or no name at all: without the refusal, little would be written either.
it.each([
	['an address that receives no mail', ['--email', placeholder.email], /Nobody receives mail at/],
	['an owner that cannot be one', ['--owner', ''], /"" is no name of an account/],
	['a name of nobody', ['--name', ' '], /" " is no name of a person/],
])('the script for the identity refuses %s, and changes nothing', async (_what, args, says) => {
	const script = join(root, 'scripts/identity.mts');
	const set = execa('node', [script, ...args, '--check'], { reject: false });
	const { exitCode, stdout, stderr } = await set;
	expect(stderr).toMatch(/^Nothing was changed\. /m);
	expect(stderr).toMatch(says);
	expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});
