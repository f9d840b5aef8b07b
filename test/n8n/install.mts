import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { startHeartbeat } from './heartbeat.mts';
import { withLock } from './lock.mts';
import { cacheFolder, n8nVersion, nodeBinary, projectRoot, searchPath } from './runtime.mts';

export interface InstallOptions {
	version?: string;
	onProgress?: (message: string) => void;
	/** Gives up; npm is ended before `ensureN8n` throws. */
	signal?: AbortSignal;
}

/**
 * Returns a folder whose `node_modules` holds n8n, and installs it there the first time.
 * `CXONE_N8N_DIR` names a folder that is used as it is.
 */
export async function ensureN8n(options: InstallOptions = {}): Promise<string> {
	const { version = n8nVersion, onProgress = console.log, signal } = options;
	const given = process.env.CXONE_N8N_DIR;
	if (given) return requireN8n(given);

	const folder = join(cacheFolder, `n8n-${version}`);
	if (!existsSync(folder)) {
		const installOnce = async () => {
			if (!existsSync(folder)) await install(folder, version, onProgress, signal);
		};
		await withLock(`${folder}.lock`, installOnce, onProgress);
	}
	return requireN8n(folder);
}

/** The script that starts the n8n of such a folder. */
export function n8nScript(folder: string): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}

function requireN8n(folder: string): string {
	if (existsSync(n8nScript(folder))) return folder;
	throw new Error(`There is no n8n in ${folder}. Install it there with: npm install n8n`);
}

/**
 * Installs beside the folder and renames at the end, so the folder is whole from the moment it
 * exists, and an npm that outlives a killed install cannot write into it.
 */
async function install(
	target: string,
	version: string,
	onProgress: (text: string) => void,
	signal?: AbortSignal,
) {
	onProgress(`Installing n8n ${version} into ${target}`);
	onProgress('This happens once: about 3 GB on disk and about 5 minutes.');
	const folder = `${target}.part-${process.pid}`;
	await removeParts(target);
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'package.json'), JSON.stringify(packageJson(version), null, 2));

	const heartbeat = await startHeartbeat(folder, onProgress);
	const npm = (args: string[], env = {}) => runNpm(folder, args, { env, signal });
	try {
		await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund']);
		onProgress('n8n is there; building its SQLite driver …');
		await npm(['rebuild', 'sqlite3', '--ignore-scripts=false'], headersForBuild());
		await execa(nodeBinary(), ['-e', 'require("sqlite3")'], { cwd: folder });
		await rename(folder, target);
	} finally {
		heartbeat.stop();
	}
	onProgress(`n8n ${version} is installed (${heartbeat.elapsed()}).`);
}

/** What interrupted installs have left. */
async function removeParts(target: string) {
	const parent = dirname(target);
	for (const name of await readdir(parent)) {
		if (!name.startsWith(`${basename(target)}.part-`)) continue;
		await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
	}
}

/** No lifecycle scripts of 2,300 packages: n8n needs only that of its SQLite driver. */
function packageJson(version: string) {
	return {
		name: 'n8n-under-test',
		private: true,
		dependencies: { n8n: version },
		allowScripts: { sqlite3: true },
	};
}

async function runNpm(
	cwd: string,
	args: string[],
	{ env, signal }: { env: Record<string, string>; signal?: AbortSignal },
) {
	const log = join(cwd, 'install.log');
	const output = { file: log, append: true };
	try {
		await execa('npm', args, {
			cwd,
			env: { ...env, PATH: searchPath() },
			stdin: 'ignore',
			stdout: output,
			stderr: output,
			cancelSignal: signal,
		});
	} catch {
		signal?.throwIfAborted();
		const tail = (await readFile(log, 'utf8')).trim().split('\n').slice(-20).join('\n');
		throw new Error(`npm ${args[0]} stopped in ${cwd}:\n${tail}\nThe whole log: ${log}`);
	}
}

/** The driver is compiled when no ready-made one can be downloaded; that takes Node's headers. */
function headersForBuild(): Record<string, string> {
	const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
	const found = [
		join(projectRoot, 'node_modules', 'node', 'node_modules', name),
		join(projectRoot, 'node_modules', name),
		join(nodeBinary(), '..', '..'),
	].find((folder) => existsSync(join(folder, 'include', 'node', 'node_api.h')));
	return found ? { npm_config_nodedir: found } : {};
}
