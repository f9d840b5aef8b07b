import { missingEvents } from '../../api/event-types';
import { addEvent } from '../../api/webhooks';
import { defineOperation } from '../core/operation';
import { changeEvents } from './calls';
import { enteredEvents, eventFields, webhook } from './fields';

/** PUT /webhooks/{id}/events/{event} for each that is missing. */
export const addWebhookEvents = defineOperation({
	value: 'addEvent',
	name: 'Add Events',
	action: 'Add events to webhook',
	description: 'Add event types that are delivered to a webhook',
	fields: { webhook, ...eventFields },
	async run(run, fields) {
		const { events } = enteredEvents(fields);
		return await changeEvents(run.site, fields.webhook, {
			left: (registered) => missingEvents(registered, events),
			send: addEvent,
			notDone: (left) => ({
				message: `Expert reported success, but did not register ${left}`,
				description: 'Try again. If that does not help, the site does not support these events.',
			}),
		});
	},
});
