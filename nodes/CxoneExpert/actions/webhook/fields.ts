import type { INodeProperties } from 'n8n-workflow';

import type { UserMessage } from '../../api/expert-error';
import { isSameUrl } from '../../api/webhook-url';
import { listWebhooks, type Webhook } from '../../api/webhooks';
import { ALL_EVENTS, chosenEvents, EVENT_CHOICES, OTHER_EVENTS } from '../../event/choices';
import { type Field, listField, refuse, type ValuesOf } from '../core/field';
import { contains, listSearch } from '../core/list-search';
import { locatorProperty, locatorValue, NOT_CHOSEN, WEB_ADDRESS } from '../core/locator';

/** The webhook of the site that is meant, or all that share an address; `id` when that is known. */
export interface WebhookReference {
	id?: string;
	matches: (webhook: Webhook) => boolean;
}

/** A webhook by list, number or address. */
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
 * The webhook that a resource locator names: by number or address, or as an item of this node.
 *
 * @param value `{ mode, value }` of n8n's resource locator, or what an expression gave in its place
 */
function webhookReference(value: unknown): WebhookReference {
	const { mode, text } = locatorValue(value, 'webhook');
	if (text === '') return refuse(NO_NAME);
	if (/^https?:\/\//i.test(text)) return { matches: ({ url }) => isSameUrl(url, text) };
	if (mode !== 'url' && /^\d+$/.test(text)) {
		return { id: text, matches: ({ id }) => id === text };
	}
	return refuse(mode === 'url' ? noUrl(text) : noId(text));
}

const NO_NAME: UserMessage = {
	message: 'No webhook is named',
	description:
		'Choose a webhook, or enter its ID or URL. If the field contains an expression such as {{ $json.id }}, the incoming item may not have that value.',
};

function noId(text: string): UserMessage {
	return {
		message: `"${text.slice(0, 100)}" is not the ID of a webhook`,
		description: 'An ID is a number, such as 42. To name the webhook by its URL, choose "By URL".',
	};
}

function noUrl(text: string): UserMessage {
	return {
		message: `"${text.slice(0, 100)}" is not a web address`,
		description:
			'Enter the full URL of the webhook, beginning with https://. To name it by its ID, choose "By ID".',
	};
}

/** The webhooks of the site, by what the list shows, or by URL. */
export const searchWebhooks = listSearch(async ({ site, words }) => {
	const matches = (each: Webhook) => contains(`${webhookName(each)} ${each.url}`, words);
	const webhooks = await listWebhooks(site, { matches });
	return { results: webhooks.map((each) => ({ name: webhookName(each), value: each.id })) };
});

/** About what n8n shows of an entry behind its number and state; it cuts off the rest. */
const MAX_ADDRESS_CHARS = 42;

/** Number and state first: the list is opened to see them. */
export function webhookName({ id, url, active }: Pick<Webhook, 'id' | 'url' | 'active'>): string {
	const name = `#${id}, ${active ? 'on' : 'off'}`;
	return url === '' ? name : `${name}: ${shortAddress(url)}`;
}

/** The end of an address, where those of one n8n differ: all its webhooks begin alike. */
function shortAddress(url: string): string {
	const address = url.replace(/^https?:\/\//i, '').replace(/(\/[^/]+)\/webhook$/, '$1');
	if (address.length <= MAX_ADDRESS_CHARS) return address;
	const parts = address.split('/');
	let end = parts.pop()!;
	while (parts.length > 0 && `…/${parts.at(-1)}/${end}`.length <= MAX_ADDRESS_CHARS) {
		end = `${parts.pop()}/${end}`;
	}
	return `…/${end}`;
}

/** The names of event types that the list in the field `events` does not know. */
export function additionalEvents(events: string): Field<string[]> {
	return listField({
		displayName: 'Additional Events',
		name: 'additionalEvents',
		type: 'string',
		default: '',
		placeholder: 'e.g. first_event, second_event',
		displayOptions: { show: { [events]: [OTHER_EVENTS] } },
		description: 'Names of event types that are not in the list yet, separated by commas',
	});
}

/** Event types from the list, and others by their names. */
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
	additionalEvents: additionalEvents('events'),
};

/**
 * The events of both fields, as the API takes them, and whether "All Events" is one of them; refuses when
 * there are none.
 */
export function enteredEvents(values: ValuesOf<typeof eventFields>) {
	const chosen = values.events;
	const events = chosenEvents([...chosen, ...values.additionalEvents]);
	if (events.length > 0) return { events, isAll: chosen.includes(ALL_EVENTS) };
	return refuse({
		message: 'No events are chosen',
		description:
			'Choose at least one event, or choose "Unlisted Events" and name one under \'Additional Events\'.',
	});
}
