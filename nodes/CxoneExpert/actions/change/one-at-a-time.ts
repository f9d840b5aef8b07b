/** What was begun last for each name; it never rejects. */
const last = new Map<string, Promise<unknown>>();

/**
 * Does the work when everything that was begun before it under this name has ended, well or not.
 *
 * Of this process only: nothing that n8n gives to nodes works across processes.
 */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
	const before = last.get(name) ?? Promise.resolve();
	const mine = before.then(work);
	const end = mine.then(nothing, nothing);
	last.set(name, end);
	try {
		return await mine;
	} finally {
		if (last.get(name) === end) last.delete(name);
	}
}

function nothing(): void {}
