import { readFile } from 'node:fs/promises';

/** The processes that a process has started and that have not ended, as Linux lists them. */
export async function childrenOf(pid: number): Promise<number[]> {
	const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
	return list
		.split(' ')
		.filter((child) => child.trim() !== '')
		.map(Number);
}
