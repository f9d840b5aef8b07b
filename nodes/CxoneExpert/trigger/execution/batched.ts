import { inMemory } from '../../memory';
import { serialized } from '../semaphore';

/** Calls that wait, by key. */
const waiting = inMemory(new Map<string, Line<unknown, unknown>>());

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
export async function batched<Request, Response>(
	key: string,
	request: Request,
	work: (requests: Request[]) => Promise<Response[]>,
): Promise<Response> {
	const line = (waiting.get(key) ?? { requests: [] }) as Line<Request, Response>;
	waiting.set(key, line);
	const index = line.requests.push(request) - 1;
	return await serialized(key, async () => {
		if (line.responses === undefined) {
			waiting.delete(key);
			line.responses = work(line.requests);
		}
		const responses = await line.responses;
		return responses[index]!;
	});
}
