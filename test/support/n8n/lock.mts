import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while holding a lock file, so that two processes that start at the same time do not
 * install into the same folder. The file names its owner; a lock whose owner is gone is taken over.
 */
export async function withLock<T>(
	file: string,
	work: () => Promise<T>,
	onWait: (message: string) => void,
): Promise<T> {
	await mkdir(dirname(file), { recursive: true });
	let told = false;
	while (!(await tryLock(file))) {
		const owner = await ownerOf(file);
		if (owner === undefined || !isRunning(owner)) {
			await rm(file, { force: true });
			continue;
		}
		if (!told) onWait(`Waiting for process ${owner}, which holds ${file}`);
		told = true;
		await sleep(1000);
	}
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}

/** Links a file that is already written, so the lock never exists without its owner's id. */
async function tryLock(file: string): Promise<boolean> {
	const own = `${file}.${process.pid}`;
	await writeFile(own, String(process.pid));
	try {
		await link(own, file);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	} finally {
		await rm(own, { force: true });
	}
}

async function ownerOf(file: string): Promise<number | undefined> {
	const text = await readFile(file, 'utf8').catch(() => '');
	return Number.parseInt(text, 10) || undefined;
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
