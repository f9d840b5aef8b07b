import { TimeoutError } from '../http.mts';
import type { Settings } from './settings.mts';

/** What an attempt's outcome means for the delivery. */
export interface Verdict {
	/** Empty = success. */
	failureReason: string;
	retry: boolean;
	countsAsFailure: boolean;
}

/**
 * A response: 2xx processed, 3xx and 4xx permanent, 5xx temporary. See
 * docs/vendor-facts.md#responses-and-retries.
 */
export function judgeResponse(status: number, settings: Settings): Verdict {
	if (status >= 200 && status < 300) {
		return { failureReason: '', retry: false, countsAsFailure: false };
	}
	if (status >= 500) {
		return { failureReason: `HTTP ${status}`, retry: true, countsAsFailure: true };
	}
	if (status >= 400) {
		const countsAsFailure = settings.clientErrorsCount;
		return { failureReason: `HTTP ${status}, permanent`, retry: false, countsAsFailure };
	}
	const failureReason = `HTTP ${status}, redirect not followed`;
	return { failureReason, retry: settings.retryRedirects, countsAsFailure: true };
}

/** No response: a time-out is retried (G-16b); other network errors as the setting says. */
export function judgeError(error: Error & { code?: string }, settings: Settings): Verdict {
	if (error instanceof TimeoutError) {
		return { failureReason: `timeout: ${error.message}`, retry: true, countsAsFailure: true };
	}
	const failureReason = `network: ${[error.code, error.message].filter(Boolean).join(' ')}`;
	return { failureReason, retry: settings.retryNetworkErrors, countsAsFailure: true };
}
