import { inMemory } from '../../memory';
import { serialized } from '../semaphore';

/** Calls that wait, by key. */
const waiting = inMemory(new Map<string, Batch<unknown, unknown>>());

interface Batch<Request, Response> {
	requests: Request[];
	/** Once the work has begun. */
	response?: Promise<Response>;
}

/** Does the work of all calls that come under this key during the previous work at once. They share the response. */
export async function batched<Request, Response>(
	key: string,
	request: Request,
	work: (requests: Request[]) => Promise<Response>,
): Promise<Response> {
	const batch = (waiting.get(key) ?? { requests: [] }) as Batch<Request, Response>;
	waiting.set(key, batch);
	batch.requests.push(request);
	return await serialized(key, async () => {
		if (batch.response === undefined) {
			waiting.delete(key);
			batch.response = work(batch.requests);
		}
		return await batch.response;
	});
}
