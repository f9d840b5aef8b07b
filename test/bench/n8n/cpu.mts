import { readFile } from 'node:fs/promises';
import { childrenOf } from '../../support/child-processes.mts';

/** Ticks of /proc in a second; the same on each Linux that Node runs on. */
const TICKS = 100;

/**
 * CPU time that a process, its threads and all that it has started have taken so far, those that have
 * ended too. Linux tells it, others do not.
 */
export async function cpuSeconds(pid: number): Promise<number | undefined> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	if (stat === undefined) return undefined;
	// The name of the program, in brackets, may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
	const started = await childrenOf(pid).catch(() => []);
	const children = await Promise.all(started.map(cpuSeconds));
	// A child that ends in this moment is missing here, and in the next reading counted by its parent.
	return children.reduce<number>((sum, each) => sum + (each ?? 0), own);
}

/** Seconds of the processor by kind of process; `undefined` where the system does not tell. */
export type CpuByPart = Record<string, number>;

/** The processes of each kind. */
export type Parts = Record<string, number[]>;

export async function cpuByPart(parts: Parts): Promise<CpuByPart | undefined> {
	const entries = Object.entries(parts).map(async ([part, pids]) => {
		const seconds = await Promise.all(pids.map(cpuSeconds));
		return [part, seconds.reduce<number>((sum, each) => sum + (each ?? NaN), 0)] as const;
	});
	const found = await Promise.all(entries);
	return found.some(([, seconds]) => Number.isNaN(seconds)) ? undefined : Object.fromEntries(found);
}

export function difference(after: CpuByPart, before: CpuByPart): CpuByPart {
	const entries = Object.entries(after).map(([part, cpu]) => [part, cpu - before[part]!] as const);
	return Object.fromEntries(entries);
}
