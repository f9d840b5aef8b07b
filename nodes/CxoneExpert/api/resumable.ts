import { asExpertError, type ExpertError } from './expert-error';

/**
 * Calls to a site that can be interrupted and go on later. The generator yields why a call has failed, and the next
 * `next()` makes this call again. The value that it returns is complete.
 */
export type Resumable<T> = AsyncGenerator<ExpertError, T, void>;

/** Makes one call again until the site responds. */
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
