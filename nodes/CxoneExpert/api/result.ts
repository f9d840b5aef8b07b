/** What came of something that can fail. */
export type Result<T, F> = Success<T> | Failed<F>;

interface Success<T> {
	ok: true;
	value: T;
}

export interface Failed<F> {
	ok: false;
	failure: F;
}

export function success<T>(value: T): Success<T> {
	return { ok: true, value };
}

export function failed<F>(failure: F): Failed<F> {
	return { ok: false, failure };
}
