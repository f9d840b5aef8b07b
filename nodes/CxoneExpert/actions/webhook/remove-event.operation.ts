import { canonicalEventName, eventKey } from '../../api/event-types';
import { removeEvent } from '../../api/webhooks';
import { defineOperation } from '../core/operation';
import { changeEvents } from './calls';
import { enteredEvents, eventFields, webhook } from './fields';

/** DELETE /webhooks/{id}/events/{event} for each that is registered. */
export const removeWebhookEvents = defineOperation({
	value: 'removeEvent',
	name: 'Remove Events',
	action: 'Remove events from webhook',
	description: 'Remove event types that are delivered to a webhook. The webhook stays, even with none left.',
	fields: { webhook, ...eventFields },
	async run(run, fields) {
		const { events, isAll } = enteredEvents(fields);
		const unwanted = new Set(events.map(eventKey));
		const isUnwanted = (event: string) => isAll || unwanted.has(eventKey(event));
		return await changeEvents(run.site, fields.webhook, {
			left: (registered) => registered.filter(isUnwanted).map(canonicalEventName),
			send: removeEvent,
			notDone: (left) => ({
				message: `Expert reported success, but ${left} is still registered`,
				description: 'Try again, or look at the webhook in the Dashboard.',
			}),
		});
	},
});
