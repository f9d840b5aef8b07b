import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa, type Options, type ResultPromise } from 'execa';
import { waitUntil } from './wait.mts';

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

type Child = ResultPromise<{ reject: false; all: true }>;

/** One of these programs with a folder of its own, which goes with it. It ends with this process. */
export class Program {
	readonly name: string;
	readonly folder: string;
	/** All that it has printed since it was last started. */
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
				if (child.exitCode !== null)
					throw new Error(`${this.name} has ended: ${(await child).all}`);
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

	/** Tells it something, and does not wait. */
	signal(signal: NodeJS.Signals): void {
		this.child?.kill(signal);
	}

	async remove(): Promise<void> {
		await this.end('SIGTERM');
		await rm(this.folder, { recursive: true, force: true });
	}
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
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

/** The processes that work in a folder, or have been told of it in their environment, on Linux. */
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
