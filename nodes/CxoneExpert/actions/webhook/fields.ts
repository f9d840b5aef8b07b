import type { INodeProperties } from 'n8n-workflow';

import type { UserMessage } from '../../api/expert-error';
import { isSameUrl, urlWithoutSecrets } from '../../api/webhook-url';
import { listWebhooks, type Webhook } from '../../api/webhooks';
import { nameOfServed } from '../../metrics/trigger-node';
import { ALL_EVENTS, chosenEvents, EVENT_CHOICES } from '../../event/choices';
import { additionalEventsField } from '../../parameters/common';
import { type Field, listField, refuse, type ValuesOf } from '../../parameters/field';
import { contains, asListSearch } from '../../parameters/list-search';
import { isWebAddress, locatorProperty, locatorValue, NOT_CHOSEN, WEB_ADDRESS } from '../../parameters/locator';

/** One webhook, or all that share an address; `id` if it is known. */
export interface WebhookReference {
	id?: string;
	matches: (webhook: Webhook) => boolean;
}

export function webhookField(changes: Partial<INodeProperties> = {}): Field<WebhookReference> {
	const property = locatorProperty('searchWebhooks', {
		displayName: 'Webhook',
		name: 'webhook',
		default: NOT_CHOSEN,
		description: 'The webhook at the Expert site',
		modes: [
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://n8n.example.com/webhook/…/webhook',
				validation: WEB_ADDRESS,
			},
		],
	});
	return { property: { ...property, ...changes }, read: webhookReference };
}

export const webhook = webhookField();

/**
 * Takes a number, an address, or an item of this node.
 *
 * @param value n8n's resource locator, or the result of an expression in its place
 */
function webhookReference(value: unknown): WebhookReference {
	const { mode, text } = locatorValue(value, 'webhook');
	if (text === '') return refuse(NO_NAME);
	if (isWebAddress(text)) return { matches: ({ url }) => isSameUrl(url, text) };
	if (mode !== 'url' && /^\d+$/.test(text)) {
		return { id: text, matches: ({ id }) => id === text };
	}
	return refuse(mode === 'url' ? noUrl(text) : noId(text));
}

const NAME_THE_WEBHOOK = 'Name the webhook by its id, or by its full URL.';

const NO_NAME: UserMessage = {
	message: 'No webhook is named',
	description:
		'Choose a webhook, or enter its ID or URL. If the field contains an expression such as {{ $json.id }}, the incoming item may not have that value.',
	toModel: NAME_THE_WEBHOOK,
};

function noId(text: string): UserMessage {
	return {
		message: `"${text.slice(0, 100)}" is not the ID of a webhook`,
		description: 'An ID is a number, such as 42. To name the webhook by its URL, choose "By URL".',
		toModel: NAME_THE_WEBHOOK,
	};
}

function noUrl(text: string): UserMessage {
	return {
		message: `"${text.slice(0, 100)}" is not a web address`,
		description: 'Enter the full URL of the webhook, beginning with https://. To name it by its ID, choose "By ID".',
		toModel: NAME_THE_WEBHOOK,
	};
}

/** Searches what the list shows, and URLs. */
export const searchWebhooks = asListSearch(async ({ site, words }) => {
	const matches = (each: Webhook) => contains(`${webhookName(each)} ${each.url}`, words);
	const webhooks = await listWebhooks(site, { matches });
	return { results: webhooks.map((each) => ({ name: webhookName(each), value: each.id })) };
});

/** About this much fits beside number and state; n8n cuts off the rest. */
const MAX_CHARS = 42;

/** Names a webhook by workflow and node where this process knows them, else by address. */
export function webhookName({ id, url, active }: Pick<Webhook, 'id' | 'url' | 'active'>): string {
	const name = `#${id}, ${active ? 'on' : 'off'}`;
	const trigger = nameOfServed(url);
	if (trigger) return `${shortName(trigger)} (${name})`;
	const address = urlWithoutSecrets(url);
	return address === '' ? name : `${name}: ${shortAddress(address)}`;
}

function shortName(name: string): string {
	return name.length <= MAX_CHARS ? name : `${name.slice(0, MAX_CHARS - 1)}…`;
}

/** Returns the end of an address, because all webhooks of one n8n begin alike. */
function shortAddress(url: string): string {
	const address = url.replace(/^https?:\/\//i, '').replace(/(\/[^/]+)\/webhook$/, '$1');
	if (address.length <= MAX_CHARS) return address;
	const parts = address.split('/');
	let end = parts.pop()!;
	while (parts.length > 0 && `…/${parts.at(-1)}/${end}`.length <= MAX_CHARS) {
		end = `${parts.pop()}/${end}`;
	}
	return `…/${end}`;
}

export const eventFields = {
	events: listField({
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		default: [],
		options: EVENT_CHOICES,
		description: 'Choose "Unlisted Events" to name event types that are not in the list',
	}),
	additionalEvents: additionalEventsField('events'),
};

/** Returns path forms of the events of both fields, and whether "All Events" is among them. */
export function enteredEvents(values: ValuesOf<typeof eventFields>) {
	const chosen = values.events;
	const events = chosenEvents([...chosen, ...values.additionalEvents]);
	if (events.length > 0) return { events, isAll: chosen.includes(ALL_EVENTS) };
	return refuse({
		message: 'No events are chosen',
		description: 'Choose at least one event, or choose "Unlisted Events" and name one under \'Additional Events\'.',
		toModel: 'Pass at least one event.',
	});
}
