/** The last work for each key; it never rejects. */
const last = new Map<string, Promise<unknown>>();

/**
 * Does the work after everything that was started before it under this key has ended, well or not.
 *
 * Within this process only: n8n gives nodes nothing that works across processes.
 */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
	const before = last.get(key) ?? Promise.resolve();
	const mine = before.then(work);
	const end = mine.then(nothing, nothing);
	last.set(key, end);
	try {
		return await mine;
	} finally {
		if (last.get(key) === end) last.delete(key);
	}
}

function nothing(): void {}
