import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps some programs in the last one, which only root has in its PATH. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];

/** Where the first of these programs is that the machine has; undefined when it has none. */
export function findProgram(...names: string[]): string | undefined {
	return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

export function isInstalled(name: string): boolean {
	return findProgram(name) !== undefined;
}

/**
 * Whether tests have to be left out because the machine lacks a program, which is said. An error on CI:
 * there nobody would see that something is never tested.
 *
 * @param installed by the name of the Debian package, whether the program is there
 */
export function lacks(installed: Record<string, boolean>): boolean {
	const missing = Object.keys(installed).filter((name) => !installed[name]);
	if (missing.length === 0) return false;
	const message = `NOT TESTED, as this machine lacks programs. Install them: sudo apt-get install ${missing.join(' ')}`;
	if (process.env.CI === 'true') throw new Error(message);
	console.warn(`\n${message}\n`);
	return true;
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
