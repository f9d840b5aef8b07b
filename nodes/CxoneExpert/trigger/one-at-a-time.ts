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

/** Calls that wait, by key. */
const waiting = new Map<string, Line<unknown, unknown>>();

interface Line<Request, Response> {
	requests: Request[];
	/** Once the work has begun. */
	responses?: Promise<Response[]>;
}

/**
 * Does the work of all calls that have come under this key while the last work went on, in one go.
 *
 * @param work gives a response to each request, in their order
 */
export async function together<Request, Response>(
	key: string,
	request: Request,
	work: (requests: Request[]) => Promise<Response[]>,
): Promise<Response> {
	const line = (waiting.get(key) ?? { requests: [] }) as Line<Request, Response>;
	waiting.set(key, line);
	const index = line.requests.push(request) - 1;
	return await oneAtATime(key, async () => {
		if (line.responses === undefined) {
			waiting.delete(key);
			line.responses = work(line.requests);
		}
		const responses = await line.responses;
		return responses[index]!;
	});
}
