import { inMemory } from '../memory';

interface Queue {
	running: number;
	/** Functions that each start a waiting work, oldest first. */
	waiting: Array<() => void>;
}

/** Running and waiting work, by key. */
const queues = inMemory(new Map<string, Queue>());

/**
 * Runs the work once fewer than `max` others run under this key, in the order of the calls. It works within this
 * process only: n8n gives nodes nothing that works across processes.
 */
export async function atMost<T>(max: number, key: string, work: () => Promise<T>): Promise<T> {
	const queue = queues.get(key) ?? { running: 0, waiting: [] };
	queues.set(key, queue);
	const isFree = queue.running < max;
	if (isFree) queue.running++;
	await (isFree ? undefined : new Promise<void>((start) => queue.waiting.push(start)));
	try {
		return await work();
	} finally {
		const next = queue.waiting.shift();
		// Hand the place over without freeing it, so that a later call cannot overtake.
		if (next !== undefined) next();
		else if (--queue.running === 0) queues.delete(key);
	}
}

/** Runs the work once all earlier work under this key has ended or failed. */
export async function serialized<T>(key: string, work: () => Promise<T>): Promise<T> {
	return await atMost(1, key, work);
}

/** Whether work runs under this key. */
export function isBusy(key: string): boolean {
	return queues.has(key);
}
