import { removeEvent } from '../../api/webhooks';
import { ALL_EVENTS, eventKey, canonicalEventName } from '../../shared/events';
import { type Operation, outputs } from '../core/operation';
import { enteredEvents, eventNames, eventOptions, events } from './event-fields';
import { unwrap, readAgain } from './site-calls';
import { namedWebhook, webhook } from './webhook-field';
import { webhookItem } from './webhook-item';

/** DELETE /webhooks/{id}/events/{event} for each that is registered. */
export const removeWebhookEvents: Operation = {
	value: 'removeEvent',
	name: 'Remove Events',
	action: 'Remove events from a webhook',
	description: 'Have event types no longer delivered to a webhook. It stays, even with none left.',
	fields: [webhook, events, eventOptions],
	async run(run) {
		const { site } = run;
		const unwanted = new Set(enteredEvents(run).map(eventKey));
		const isAll = eventNames(run, 'events').includes(ALL_EVENTS);
		const toRemove = (registered: string[]) =>
			registered.filter((event) => isAll || unwanted.has(eventKey(event))).map(canonicalEventName);
		const before = await namedWebhook(run);
		const surplus = toRemove(before.events);
		for (const event of surplus) unwrap(site, await removeEvent(site.api, before.id, event));
		if (surplus.length === 0) return outputs([webhookItem(before)]);
		const after = await readAgain(site, before.id);
		const left = toRemove(after.events);
		if (left.length === 0) return outputs([webhookItem(after)]);
		return site.refuse({
			message: `Expert answered that all is well, but ${left.join(', ')} is still registered`,
			description: 'Try again, or look at the webhook in the Dashboard.',
		});
	},
};
