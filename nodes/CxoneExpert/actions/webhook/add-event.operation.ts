import { addEvent } from '../../api/webhooks';
import { missingEvents } from '../../shared/events';
import { webhookItem } from '../items';
import { defineOperation } from '../operation';
import { findWebhook, readExistingWebhook } from './calls';
import { enteredEvents, eventFields, webhook } from './fields';
import { outputs } from '../results';

/** PUT /webhooks/{id}/events/{event} for each that is not registered yet. */
export const addWebhookEvents = defineOperation({
	value: 'addEvent',
	name: 'Add Events',
	action: 'Add events to webhook',
	description: 'Add event types that are delivered to a webhook',
	fields: { webhook, ...eventFields },
	async run(run, fields) {
		const { site } = run;
		const { events } = enteredEvents(fields);
		const before = await findWebhook(site, fields.webhook);
		const missing = missingEvents(before.events, events);
		for (const event of missing) {
			await addEvent(site, before.id, event);
		}
		if (missing.length === 0) return outputs([webhookItem(before)]);
		const after = await readExistingWebhook(site, before.id);
		const left = missingEvents(after.events, events);
		if (left.length === 0) return outputs([webhookItem(after)]);
		return site.refuse({
			message: `Expert reported success, but did not register ${left.join(', ')}`,
			description: 'Try again. If that does not help, the site does not support these events.',
		});
	},
});
