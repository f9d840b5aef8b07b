import { isoSeconds } from './events.mts';
import type { Settings } from './settings.mts';
import type { Webhook } from './webhooks.mts';
import type { XmlData } from './xml.mts';

/**
 * The webhook object, authorization-header in clear as the vendor does: see
 * docs/vendor-facts.md#webhook-documents.
 */
export function webhookData(webhook: Webhook, settings: Settings): XmlData {
	return { webhook: fields(webhook, settings) };
}

/** No count or total attributes: see docs/vendor-facts.md#webhook-documents. */
export function webhookListData(webhooks: Webhook[], settings: Settings): XmlData {
	return { webhooks: { webhook: webhooks.map((webhook) => fields(webhook, settings)) } };
}

/**
 * All that is known of the 201 body is that an ID element is in it: see
 * docs/vendor-facts.md#registering-a-webhook.
 */
export function createdData(webhook: Webhook, settings: Settings): XmlData {
	const secret = settings.secretInCreateResponse ? named(settings) : {};
	const data = settings.createResponseFull ? fields(webhook, settings) : { id: webhook.id };
	return { [settings.createResponseRoot]: { ...data, ...secret } };
}

function named({ secretElement, signingSecret }: Settings): XmlData {
	return { [secretElement]: signingSecret };
}

export function eventListData(webhook: Webhook): XmlData {
	const events = eventsOf(webhook).map((event) => ({ 'subscription-id': webhook.guid, ...event }));
	return { events: listOrSpace(events) };
}

function fields(webhook: Webhook, settings: Settings): XmlData {
	return {
		...(settings.secretInEachResponse ? named(settings) : {}),
		id: webhook.id,
		guid: webhook.guid,
		'webhook-url': webhook.url,
		active: webhook.active && !webhook.deleted,
		deleted: webhook.deleted,
		'authorization-header': webhook.authorizationHeader,
		'created-date': isoSeconds(webhook.createdDate),
		'consecutive-failures': webhook.consecutiveFailures,
		'consecutive-failures-disabled-reason': webhook.disabledReason,
		events: listOrSpace(eventsOf(webhook)),
	};
}

function eventsOf(webhook: Webhook): XmlData[] {
	return [...webhook.events.values()].map(({ header, createdDate }) => ({
		'event-type': header,
		'created-date': isoSeconds(createdDate),
	}));
}

/**
 * Without events, `<events>` holds white space only: see docs/vendor-facts.md#webhook-documents.
 */
function listOrSpace(events: XmlData[]): XmlData {
	return events.length > 0 ? { event: events } : { '#': '\n' };
}
