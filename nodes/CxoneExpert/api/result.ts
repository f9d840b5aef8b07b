import type { ApiFailure } from './failure';

/**
 * What came of something that can fail. Nothing in `api` throws instead, and in `shared` only
 * `authenticatedRequest`: n8n calls it, and shows what it throws.
 */
export type Result<T, F = ApiFailure> = Success<T> | Failed<F>;

/** The half of a {@link Result} that holds a value. */
export interface Success<T> {
	ok: true;
	value: T;
}

/** The half of a {@link Result} that holds no value. */
export interface Failed<F = ApiFailure> {
	ok: false;
	failure: F;
}

export function success<T>(value: T): Success<T> {
	return { ok: true, value };
}

export function failed<F>(failure: F): Failed<F> {
	return { ok: false, failure };
}
