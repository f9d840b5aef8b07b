import { inMemory } from '../memory';

interface Queue {
	running: number;
	/** Starts the work that waits, oldest first. */
	waiting: Array<() => void>;
}

/** What goes on or waits, by key. */
const queues = inMemory(new Map<string, Queue>());

/**
 * Does the work once fewer than so many are at work under this key, in the order of the calls.
 *
 * Within this process only: n8n gives nodes nothing that works across processes.
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
		// Its place goes to the next one, so that nobody who comes now is first.
		if (next !== undefined) next();
		else if (--queue.running === 0) queues.delete(key);
	}
}

/** Does the work after everything that was started before it under this key has ended, well or not. */
export async function serialized<T>(key: string, work: () => Promise<T>): Promise<T> {
	return await atMost(1, key, work);
}
