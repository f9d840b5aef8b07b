import type { IDataObject } from 'n8n-workflow';

import { present } from '../../api/compact';
import type { Webhook } from '../../api/webhooks';
import { eventPathForm } from '../../shared/events';
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
