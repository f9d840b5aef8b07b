import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import type { Webhook } from '../../api/webhooks';
import { hasNoReason } from '../../shared/disabled-webhook';
import { canonicalEventName } from '../../shared/events';

/** A webhook as an item, with events as the trigger spells them, and without its secret. */
export function webhookItem(webhook: Webhook): IDataObject {
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
