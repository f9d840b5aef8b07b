import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from './identity.mts';

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
