import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Who publishes this package: the owner and name of the repository, a person or group, and an address.
 * package.json says it (`repository`, `author`); every other place repeats it.
 */

export interface Identity {
	owner: string;
	repository: string;
	name: string;
	email: string;
}

export interface Manifest {
	name: string;
	version: string;
	author: { name: string; email: string };
	repository: { url: string };
}

/** An account that does not exist: npm and n8n would compare it with the real one. */
export const placeholder = {
	owner: 'n8n-nodes-cxone-expert',
	name: 'n8n-nodes-cxone-expert contributors',
	email: 'n8n-nodes-cxone-expert@users.noreply.github.com',
};

/** These name the placeholder, and have to go on finding it. */
export function knowsThePlaceholder(file: string): boolean {
	return file === 'scripts/repository/identity.mts' || file.startsWith('test/unit/repository/');
}

export function identityOf({ author: { name, email }, repository: { url } }: Manifest): Identity {
	const [, owner, repository] = /^git\+https:\/\/github\.com\/([\w.-]+)\/([\w.-]+)\.git$/.exec(url) ?? [];
	if (owner === undefined || repository === undefined) {
		throw new Error(`package.json: ${url} is no repository at GitHub.`);
	}
	return { owner, repository, name, email };
}

/** The address that GitHub Pages gives the docs site. */
export function siteOf({ owner, repository }: Identity): string {
	return `https://${owner.toLowerCase()}.github.io/${repository}/`;
}

/** Parts of an identity that are not filled in yet. */
export function unsetParts(identity: Identity): string[] {
	return (['owner', 'name', 'email'] as const).filter((part) => identity[part] === placeholder[part]);
}

/** Why GitHub has no account or repository of this name; `undefined` if nothing is known against it. */
export function repositoryNameProblem(name: string): string | undefined {
	return /^[\w.-]+$/.test(name) ? undefined : `"${name}" is no name of an account or repository at GitHub.`;
}

/** Why nobody could be named so; `undefined` if nothing is known against it. */
export function nameProblem(name: string): string | undefined {
	return /^\S[^\p{Cc}]*$/u.test(name) ? undefined : `"${name}" is no name of a person or group.`;
}

/** Domains of GitHub and of RFC 2606 that take no mail, with all below them. */
const WITHOUT_MAIL = [
	...['noreply.github.com', 'example.com', 'example.net', 'example.org'],
	...['example', 'invalid', 'test', 'localhost'],
];

/** Why people could not report a vulnerability to this address; `undefined` if nothing is known against it. */
export function mailProblem(email: string): string | undefined {
	const domain = /^[^\s@]+@([^\s@]+)$/.exec(email)?.[1]?.toLowerCase();
	if (domain === undefined) return `"${email}" is no email address.`;
	if (!WITHOUT_MAIL.some((each) => `.${domain}`.endsWith(`.${each}`))) return undefined;
	return `Nobody receives mail at ${email}, but SECURITY.md asks people to report vulnerabilities there. Use an address that somebody reads.`;
}

/** The text of a file with another identity in it. */
export function withIdentity(text: string, from: Identity, to: Identity): string {
	return text
		.replaceAll(siteOf(from), () => siteOf(to))
		.replaceAll(whole(`${from.owner}/${from.repository}`), () => `${to.owner}/${to.repository}`)
		.replaceAll(whole(from.email), () => to.email)
		.replaceAll(`"name": ${JSON.stringify(from.name)}`, () => `"name": ${JSON.stringify(to.name)}`)
		.replace(new RegExp(`(Copyright \\(c\\) \\d{4} )${escaped(from.name)}$`, 'm'), (_, before) => before + to.name)
		.replace(new RegExp(`^(\\* @)${escaped(from.owner)}$`, 'm'), (_, before) => before + to.owner);
}

/** Not where it is a part of a longer name. */
function whole(text: string): RegExp {
	return new RegExp(`(?<![\\w.-])${escaped(text)}(?![\\w-])`, 'g');
}

function escaped(text: string): string {
	return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The folder with package.json. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export function readManifest(folder = root): Manifest {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Every text file that git knows; a file without a name ending is text here, too. */
export function textFiles(folder = root): string[] {
	const listed = execFileSync('git', ['ls-files', '-z'], { cwd: folder, encoding: 'utf8' });
	const isPicture = /\.(png|jpe?g|gif|ico|gz|tgz|woff2?)$/;
	return listed.split('\0').filter((file) => file !== '' && !isPicture.test(file));
}
