import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { lock } from 'proper-lockfile';
import { cacheFolder, n8nVersion, nodeBinary, ownNode, searchPath } from './runtime.mts';

export interface InstallOptions {
	version?: string;
	onProgress?: (message: string) => void;
	/** Gives up; npm is ended before `ensureN8n` throws. */
	signal?: AbortSignal;
}

/** Announced cost of the first run with a version of n8n. */
export const INSTALL_COST = 'about 3 GB on disk and 5 minutes';

/**
 * Returns a folder whose `node_modules` holds n8n; installs it on first use. `CXONE_N8N_DIR` names
 * a folder to use as it is, for the version in it.
 */
export async function ensureN8n(options: InstallOptions = {}): Promise<string> {
	const { version = n8nVersion, onProgress = console.log, signal } = options;
	const given = process.env.CXONE_N8N_DIR;
	if (given && (await versionIn(given)) === version) return given;

	const folder = folderOf(version);
	await once(folder, async () => await install(folder, version, onProgress, signal));
	return folder;
}

/** Whether {@link ensureN8n} has it already. */
export async function isN8nInstalled(version: string): Promise<boolean> {
	const given = process.env.CXONE_N8N_DIR;
	return existsSync(folderOf(version)) || (!!given && (await versionIn(given)) === version);
}

function folderOf(version: string): string {
	return join(cacheFolder, `n8n-${version}`);
}

/**
 * Creates a folder unless it exists. Two processes that want the same one take turns; the lock of a
 * process that has died is taken over.
 */
export async function once(folder: string, create: () => Promise<void>): Promise<void> {
	if (existsSync(folder)) return;
	await mkdir(dirname(folder), { recursive: true });
	const retries = { forever: true, minTimeout: 1000, maxTimeout: 1000 };
	// A busy process may be late to say that it is alive.
	const unlock = await lock(folder, { realpath: false, retries, stale: 60_000 });
	try {
		if (!existsSync(folder)) await create();
	} finally {
		await unlock();
	}
}

/** The script that starts the n8n of such a folder. */
export function n8nScript(folder: string): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}

async function versionIn(folder: string): Promise<string> {
	const manifest = join(folder, 'node_modules', 'n8n', 'package.json');
	if (existsSync(manifest)) return JSON.parse(await readFile(manifest, 'utf8')).version;
	throw new Error(`There is no n8n in ${folder}. Install it there with: npm install n8n`);
}

/**
 * Installs beside the folder and renames at the end, so the folder is whole from the moment it
 * exists, and an npm that outlives a killed install cannot write into it.
 */
async function install(target: string, version: string, onProgress: (text: string) => void, signal?: AbortSignal) {
	const folder = `${target}.part-${process.pid}`;
	onProgress(`Installing n8n ${version} into ${target}, once: ${INSTALL_COST}. Its log: ${logIn(folder)}`);
	await removeParts(target);
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'package.json'), JSON.stringify(packageJson(version), null, 2));

	const npm = (args: string[], env = {}) => runNpm(folder, args, { env, signal });
	await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http']);
	if (ownNode[version]) await npm(['rebuild', 'node', '--ignore-scripts=false']);
	onProgress(`n8n ${version} is downloaded. Building its SQLite driver takes about a minute.`);
	await npm(['rebuild', 'sqlite3', '--ignore-scripts=false'], headersForBuild(folder));
	await execa(nodeBinary(folder), ['-e', 'require("sqlite3")'], { cwd: folder });
	await rename(folder, target);
	onProgress(`n8n ${version} is installed.`);
}

/** Leftovers of interrupted installs. */
async function removeParts(target: string) {
	const parent = dirname(target);
	for (const name of await readdir(parent)) {
		if (!name.startsWith(`${basename(target)}.part-`)) continue;
		await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
	}
}

/**
 * Skips the lifecycle scripts of 2,300 packages, except those of Node and the SQLite driver. Old
 * versions of n8n load one library from its maker's server; here it comes from the registry, as for
 * the newest n8n, so that an install needs only the registry.
 */
function packageJson(version: string) {
	const node = ownNode[version];
	return {
		name: 'n8n-under-test',
		private: true,
		dependencies: { n8n: version, ...(node ? { node } : {}) },
		overrides: { xlsx: 'npm:@e965/xlsx@0.20.3' },
		allowScripts: { node: true, sqlite3: true },
	};
}

function logIn(folder: string): string {
	return join(folder, 'install.log');
}

async function runNpm(
	cwd: string,
	args: string[],
	{ env, signal }: { env: Record<string, string>; signal?: AbortSignal },
) {
	const log = logIn(cwd);
	const toLog = { file: log, append: true };
	try {
		await execa('npm', args, {
			cwd,
			env: { ...env, PATH: searchPath(cwd) },
			stdin: 'ignore',
			stdout: toLog,
			stderr: toLog,
			cancelSignal: signal,
		});
	} catch {
		signal?.throwIfAborted();
		const tail = (await readFile(log, 'utf8')).trim().split('\n').slice(-20).join('\n');
		throw new Error(`npm ${args[0]} stopped in ${cwd}:\n${tail}\nThe whole log: ${log}`);
	}
}

/** The driver is compiled when no ready-made one can be downloaded: Node's headers, all cores. */
function headersForBuild(folder: string): Record<string, string> {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
	const name = `${prefix}-${platform}-${process.arch}`;
	const node = dirname(dirname(nodeBinary(folder)));
	const found = [join(node, 'node_modules', name), join(node, '..', name), node].find((place) =>
		existsSync(join(place, 'include', 'node', 'node_api.h')),
	);
	return { JOBS: 'max', ...(found ? { npm_config_nodedir: found } : {}) };
}
