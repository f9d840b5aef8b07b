import { accessSync, constants, globSync } from 'node:fs';
import { mkdtemp, rm, readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa, type Options, type ResultPromise } from 'execa';
import { waitUntil } from './wait.mts';

/** Programs that some tests need beside n8n, by Debian package. */
const PROGRAMS = {
	nginx: ['nginx'],
	caddy: ['caddy'],
	'redis-server': ['redis-server'],
	postgresql: ['postgres'],
	// The name of the package has the version of PostgreSQL in it, and it brings no program.
	'postgresql-.*-pgvector': ['../lib/vector.so'],
	chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
};

type Package = keyof typeof PROGRAMS;

/** What the end-to-end tests need that run on each n8n (vitest.config.mts). */
export const PROGRAMS_OF_SMALL_SET: Package[] = ['postgresql'];

/** Debian has all programs of PostgreSQL in a folder for each version, and others where only root looks. */
const folders = [
	...globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => b.localeCompare(a, undefined, { numeric: true })),
	...(process.env.PATH ?? '').split(delimiter),
	'/usr/sbin',
];

/** Path of the first of these programs that the machine has; undefined without any. */
export function findProgram(...names: string[]): string | undefined {
	return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isThere);
}

/** Path of a Debian package's program. */
export function programOf(name: Package): string | undefined {
	return findProgram(...PROGRAMS[name]);
}

/**
 * Whether to skip tests because the machine lacks a program. On CI this is an error: skipped tests
 * would go unnoticed. Elsewhere {@link reportMissingPrograms} reports it once for all of them.
 */
export function lacks(...needed: Package[]): boolean {
	const missing = needed.filter((name) => programOf(name) === undefined);
	if (missing.length > 0 && process.env.CI === 'true')
		throw new Error(`This machine lacks programs: ${missing.join(' ')}`);
	return missing.length > 0;
}

/** Names what of these {@link lacks} finds missing, and is not yet named here or by what started this process. */
export function reportMissingPrograms(needed = Object.keys(PROGRAMS) as Package[]): void {
	const reported = process.env[REPORTED]?.split(' ') ?? [];
	const missing = needed.filter((name) => !programOf(name) && !reported.includes(name));
	if (missing.length === 0 || process.env.CI === 'true') return;
	process.env[REPORTED] = [...reported, ...missing].join(' ');
	console.log(
		`What needs ${missing.join(', ')} is left out, as this machine has none. To test it as well: sudo apt-get install ${missing.join(' ')}`,
	);
}

const REPORTED = 'CXONE_MISSING_PROGRAMS_REPORTED';

type Child = ResultPromise<{ reject: false; all: true }>;

/** One of these programs with a temporary folder of its own. Ends with this process. */
export class Program {
	readonly name: string;
	readonly folder: string;
	/** Its output since its last start. */
	output = '';
	private child?: Child;

	private constructor(name: string, folder: string) {
		this.name = name;
		this.folder = folder;
	}

	static async withFolder(name: string): Promise<Program> {
		return new Program(name, await mkdtemp(join(tmpdir(), `cxone-expert-${name}-`)));
	}

	/**
	 * Returns when it is up; what it has written to its folder before is there.
	 *
	 * @throws with what it has printed when it ends before that
	 */
	async start(args: string[], isUp: () => Promise<boolean>, env?: Options['env']): Promise<void> {
		const child: Child = execa(findProgram(this.name)!, args, { env, reject: false, all: true });
		this.child = child;
		this.output = '';
		child.all.on('data', (part: Buffer) => (this.output += part.toString()));
		try {
			await waitUntil(`${this.name} is up`, async () => {
				const isThere = await isUp();
				// Also when somebody else is there in its place.
				if (child.exitCode !== null) throw new Error(`${this.name} has ended: ${(await child).all}`);
				return isThere;
			});
		} catch (error) {
			await this.remove();
			throw error;
		}
	}

	/** Its folder stays. */
	async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		this.child?.kill(signal);
		await this.child;
	}

	async remove(): Promise<void> {
		await this.end('SIGTERM');
		await rm(this.folder, { recursive: true, force: true });
	}
}

function isThere(file: string): boolean {
	try {
		accessSync(file, constants.R_OK);
		return true;
	} catch {
		return false;
	}
}

/** The processes that a process has started and that have not ended, as Linux lists them. */
export async function childrenOf(pid: number): Promise<number[]> {
	const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
	return list
		.split(' ')
		.filter((child) => child.trim() !== '')
		.map(Number);
}

/** Processes (on Linux) that work in a folder, or have it in their environment. */
export async function processesIn(folder: string): Promise<string[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const isIn = async (pid: string) => {
		const place = await readlink(`/proc/${pid}/cwd`).catch(() => '');
		const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
		return place.startsWith(folder) || environment.includes(folder);
	};
	const found = await Promise.all(pids.map(isIn));
	return pids.filter((_pid, index) => found[index]);
}
