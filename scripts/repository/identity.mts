import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What package.json says of who publishes this package. */
export interface Manifest {
	name: string;
	version: string;
	homepage: string;
	author: { name: string; email: string };
	repository: { url: string };
}

/** The repository at GitHub. */
export interface Identity {
	owner: string;
	repository: string;
}

export function identityOf({ repository: { url } }: Manifest): Identity {
	const [, owner, repository] = /^git\+https:\/\/github\.com\/([\w.-]+)\/([\w.-]+)\.git$/.exec(url) ?? [];
	if (owner === undefined || repository === undefined) {
		throw new Error(`package.json: ${url} is no repository at GitHub.`);
	}
	return { owner, repository };
}

/** The address that GitHub Pages gives the docs site. */
export function siteOf({ owner, repository }: Identity): string {
	return `https://${owner.toLowerCase()}.github.io/${repository}/`;
}

/** The folder with package.json. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export function readManifest(folder = root): Manifest {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
