import { asExpertError, type ExpertError } from './expert-error';

/**
 * Calls to a site that can be interrupted and go on later. What it yields is why a call has failed; after that the next
 * `next()` makes this call again. Its value is complete.
 */
export type Resumable<T> = AsyncGenerator<ExpertError, T, void>;

/** One call, made again until the site answers. */
export async function* untilAnswered<T>(call: () => Promise<T>): Resumable<T> {
	for (;;) {
		try {
			return await call();
		} catch (thrown) {
			yield asExpertError(thrown);
		}
	}
}

/** @throws ExpertError at the first failure */
export async function uninterrupted<T>(calls: Resumable<T>): Promise<T> {
	const step = await calls.next();
	if (step.done === true) return step.value;
	throw step.value;
}
