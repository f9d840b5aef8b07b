interface Queue {
	running: number;
	/** Starts the work that waits, oldest first. */
	waiting: Array<() => void>;
}

/** What goes on or waits, by key. */
const queues = new Map<string, Queue>();

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
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
	return await atMost(1, key, work);
}

/** Calls of one kind that one execution, or one publish, makes at the same time. */
const MAX_CONCURRENT = 5;

/** Asks for each of them, five at a time: an execution can be about a hundred pages. */
export async function askForEach<T, Response>(
	all: T[],
	ask: (each: T) => Promise<Response>,
): Promise<Response[]> {
	const responses: Response[] = [];
	const rest = all.entries();
	const work = async () => {
		for (const [index, each] of rest) responses[index] = await ask(each);
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
	return responses;
}

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
