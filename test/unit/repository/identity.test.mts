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
	placeholder.email,
	'12345+jane@users.noreply.github.com',
	'jane@example.com',
	'jane@Docs.Example.ORG',
	'docs@acme.test',
	'jane@localhost',
])('%s is refused as an address that receives no mail', (email) => {
	expect(mailProblem(email)).toMatch(/^Nobody receives mail at .+ Use an address that/);
});

it.each([
	[
		'an address',
		['acme.com', 'jane@', 'Jane <jane@acme.com>', ''],
		mailProblem,
		'is no email address.',
	],
	[
		'an address',
		['docs@acme.com', 'jane@notexample.com', 'jane@github.com'],
		mailProblem,
		undefined,
	],
	[
		'a repository',
		['Acme Docs', 'acme/docs', ''],
		repositoryNameProblem,
		'is no name of an account or repository at GitHub.',
	],
	['a repository', ['acme', 'Acme-Docs', 'docs.acme_2'], repositoryNameProblem, undefined],
	['a name', ['', ' ', ' Acme', 'Acme\nDocs'], nameProblem, 'is no name of a person or group.'],
	['a name', ['Acme', 'Acme Docs & Söhne', '日本'], nameProblem, undefined],
])('as %s, each of %j is accepted or refused as it should be', (_what, texts, problem, says) => {
	const expected = texts.map((text) => says && `"${text}" ${says}`);
	expect(texts.map(problem)).toEqual(expected);
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
