import { readdir, readFile, readlink } from 'node:fs/promises';

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
