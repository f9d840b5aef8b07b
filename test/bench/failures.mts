import type { DeliveryAttempt } from '../support/simulator/index.mts';

/** How many attempts in a row did not succeed; the vendor disables a webhook by this number. */
export function longestFailure(attempts: readonly DeliveryAttempt[]): number {
	let longest = 0;
	let current = 0;
	for (const { failureReason } of attempts) {
		current = failureReason === '' ? 0 : current + 1;
		longest = Math.max(longest, current);
	}
	return longest;
}
