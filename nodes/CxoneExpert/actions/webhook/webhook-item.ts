import type { IDataObject } from 'n8n-workflow';

import { present } from '../../transport/present';
import type { Webhook } from '../../transport/webhooks';
import { eventPathForm } from '../../trigger/events';
import { hasNoReason } from './health';

/** A webhook as an item, with events as the trigger spells them; never with what is secret. */
export function webhookItem(webhook: Webhook): IDataObject {
	const { id, guid, url, active, consecutiveFailures, createdAt } = webhook;
	return present({
		...{ id, guid, url, active },
		events: webhook.events.map(eventPathForm),
		consecutiveFailures,
		disabledReason: hasNoReason(webhook) ? undefined : webhook.disabledReason,
		createdAt,
	});
}
