import { type Failed, failed, type Result } from '../../api/result';
import type { Rejection, RejectionReason } from '../../shared/rejection';
import type { Moment } from '../clock';

/** The time is over before anything is known: Expert retries, and the retry finds what is known by then. */
export type Late = 'late';

/** What a step of the verification comes to. */
export type Verified<T> = Result<T, Rejection | Late>;

export function rejected(reason: RejectionReason, hint?: string): Failed<Rejection> {
	return failed(hint === undefined ? { reason } : { reason, hint });
}

/**
 * Signed too long ago, or too far ahead.
 *
 * @param signedAt unix ms; absent when signatures are not verified
 */
export function outsideWindow(signedAt: number | undefined, { wall }: Moment): Rejection {
	const reason = 'timestamp outside the window';
	if (signedAt === undefined) return { reason };
	return { reason, signedMinutesAgo: Math.round((wall - signedAt) / 60_000) };
}
