import { type Failed, failed, type Result } from '../../api/result';
import type { Rejection, RejectionReason } from '../../shared/rejection';

/** What a step of the verification comes to. */
export type Verified<T> = Result<T, Rejection>;

export function rejected(reason: RejectionReason): Failed<Rejection> {
	return failed({ reason });
}

/**
 * Signed too long ago, or too far ahead.
 *
 * @param signedAt unix ms; absent when signatures are not verified
 * @param now unix ms
 */
export function outsideWindow(signedAt: number | undefined, now: number): Rejection {
	const reason = 'timestamp outside the window';
	if (signedAt === undefined) return { reason };
	return { reason, signedMinutesAgo: Math.round((now - signedAt) / 60_000) };
}
