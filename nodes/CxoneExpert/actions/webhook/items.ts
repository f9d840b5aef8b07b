import { compact } from '../../api/elements';
import { canonicalEventName } from '../../api/event-types';
import { hasNoReason, type Webhook } from '../../api/webhooks';

/** Names events as the trigger does, and leaves out the secret. */
export function webhookItem(webhook: Webhook) {
	const { id, guid, url, active, consecutiveFailures, createdAt } = webhook;
	return compact({
		id,
		guid,
		url,
		active,
		events: webhook.events.map(canonicalEventName),
		consecutiveFailures,
		disabledReason: hasNoReason(webhook) ? undefined : webhook.disabledReason,
		createdAt,
	});
}
