import { type Failed, failed, type Result } from '../../api/result';
import type { RejectionReason } from '../../shared/rejection-reason';

export interface Rejection {
	reason: RejectionReason;
	/** What an admin can do about it, for the log. */
	hint?: string;
}

/** The time is over before anything is known: Expert retries, and the retry finds the answer. */
export type Late = 'late';

/** What a step of the verification comes to. */
export type Verified<T> = Result<T, Rejection | Late>;

export function rejected(reason: RejectionReason, hint?: string): Failed<Rejection> {
	return failed(hint === undefined ? { reason } : { reason, hint });
}
