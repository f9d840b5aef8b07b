import { addEvent } from '../../api/webhooks';
import { missingEvents } from '../../shared/events';
import { type Operation, outputs } from '../core/operation';
import { enteredEvents, eventOptions, events } from './event-fields';
import { unwrap, readAgain } from './site-calls';
import { namedWebhook, webhook } from './webhook-field';
import { webhookItem } from './webhook-item';

/** What 400 means for an event. */
export const NO_SUCH_EVENT = {
	400: {
		message: 'Expert does not know this event',
		description: 'Check the name. Your site may have an older list of events.',
	},
};

/** PUT /webhooks/{id}/events/{event} for each that is not registered yet. */
export const addWebhookEvents: Operation = {
	value: 'addEvent',
	name: 'Add Events',
	action: 'Add events to a webhook',
	description: 'Have more event types delivered to a webhook',
	fields: [webhook, events, eventOptions],
	async run(run) {
		const { site } = run;
		const wanted = enteredEvents(run);
		const before = await namedWebhook(run);
		const missing = missingEvents(before.events, wanted);
		for (const event of missing) {
			unwrap(site, await addEvent(site.api, before.id, event), NO_SUCH_EVENT);
		}
		if (missing.length === 0) return outputs([webhookItem(before)]);
		const after = await readAgain(site, before.id);
		const left = missingEvents(after.events, wanted);
		if (left.length === 0) return outputs([webhookItem(after)]);
		return site.refuse({
			message: `Expert answered that all is well, but did not register ${left.join(', ')}`,
			description: 'Try again. If it stays so, the site does not deliver these events.',
		});
	},
};
