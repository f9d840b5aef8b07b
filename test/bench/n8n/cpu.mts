import { readFile } from 'node:fs/promises';

/** Ticks of /proc in a second; the same on each Linux that Node runs on. */
const TICKS = 100;

/** CPU time that a process and its threads have taken so far; Linux tells it, others do not. */
export async function cpuSeconds(pid: number | undefined): Promise<number | undefined> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	if (stat === undefined) return undefined;
	// The name of the program, in brackets, may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [user, system] = [fields[11], fields[12]].map(Number);
	return (user! + system!) / TICKS;
}
