import type { Webhook } from '../api/webhooks';
import { counted } from './counted';

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

/** The reason that the site gives, to follow a sentence; empty where it gives none. */
export function reasonText(webhook: Webhook): string {
	return hasNoReason(webhook) ? '' : ` (reason ${webhook.disabledReason})`;
}

/** What was found, for a line of the log that begins with the webhook. */
export function disabledText(webhook: Webhook): string {
	if (!isDisabledByExpert(webhook)) return 'was disabled';
	const { consecutiveFailures: failures } = webhook;
	const inARow = counted(failures, 'failed delivery', 'failed deliveries in a row');
	const after = failures === 0 ? '' : ` after ${inARow}`;
	return `was disabled by Expert${after}${reasonText(webhook)}`;
}
