import type { Webhook } from '../api/webhooks';

/** The site gives no reason: the webhook is active, or a person has disabled it. */
export function hasNoReason({ disabledReason }: Webhook): boolean {
	return disabledReason === '0';
}

/**
 * Whether Expert itself has disabled it, after deliveries that did not get through. The values of
 * the reason are not documented; it is 0 in all samples of the vendor, so failures count, too. Source:
 * docs/vendor-facts.md#disabled-webhooks.
 */
export function isDisabledByExpert(webhook: Webhook): boolean {
	return !webhook.active && (!hasNoReason(webhook) || webhook.consecutiveFailures > 0);
}
