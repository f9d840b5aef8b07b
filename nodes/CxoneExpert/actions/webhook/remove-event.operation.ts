import { removeEvent } from '../../api/webhooks';
import { canonicalEventName, eventKey } from '../../shared/events';
import { webhookItem } from '../items';
import { defineOperation } from '../operation';
import { findWebhook, readExistingWebhook } from './calls';
import { enteredEvents, eventFields, webhook } from './fields';
import { outputs } from '../results';

/** DELETE /webhooks/{id}/events/{event} for each that is registered. */
export const removeWebhookEvents = defineOperation({
	value: 'removeEvent',
	name: 'Remove Events',
	action: 'Remove events from webhook',
	description:
		'Remove event types that are delivered to a webhook. The webhook stays, even with none left.',
	fields: { webhook, ...eventFields },
	async run(run, fields) {
		const { site } = run;
		const { events, isAll } = enteredEvents(fields);
		const unwanted = new Set(events.map(eventKey));
		const toRemove = (registered: string[]) =>
			registered.filter((event) => isAll || unwanted.has(eventKey(event))).map(canonicalEventName);
		const before = await findWebhook(site, fields.webhook);
		const surplus = toRemove(before.events);
		for (const event of surplus) await removeEvent(site, before.id, event);
		if (surplus.length === 0) return outputs([webhookItem(before)]);
		const after = await readExistingWebhook(site, before.id);
		const left = toRemove(after.events);
		if (left.length === 0) return outputs([webhookItem(after)]);
		return site.refuse({
			message: `Expert reported success, but ${left.join(', ')} is still registered`,
			description: 'Try again, or look at the webhook in the Dashboard.',
		});
	},
});
