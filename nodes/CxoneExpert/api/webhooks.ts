import { type ApiCall, type ApiClient, readRoot } from './client';
import { compact } from './elements';
import { counted, refuseWithout, type StatusMessage, type StatusMessages, undefinedIfNotFound } from './expert-error';
import { readPages } from './pagination';
import { encode } from './path-segment';
import { printableOfSite } from './redact';
import { child, children, textOf, writeXml, type XmlElement, type XmlValue } from './xml';

/** A webhook as the site reports it. Source: docs/vendor-facts.md#webhook-documents. */
export interface Webhook {
	id: string;
	url: string;
	active: boolean;
	/** Whole `Authorization` value that the site sends with each delivery. Secret. */
	authorization: string;
	/** The site does not show the value, which does not mean that there is none. */
	hidesAuthorization?: true;
	/** Events in the site's spelling, e.g. `Page_Create`. */
	events: string[];
	consecutiveFailures: number;
	/** `0` unless the site has disabled the webhook; other values are undocumented. */
	disabledReason: string;
	guid?: string;
	/** ISO 8601. */
	createdAt?: string;
	/** Everything else the site reports, without secrets. */
	element: XmlElement;
}

/** An update sends all of it, as the site may expect that. */
export type WebhookSettings = Pick<Webhook, 'url' | 'authorization' | 'active'>;

interface WantedWebhooks {
	/** Whether to list only active or only inactive ones. */
	active?: boolean;
	/** Stop reading pages once there are this many. */
	max?: number;
	matches?: (webhook: Webhook) => boolean;
}

/** Explains 403 for webhooks where asking who we are did not. */
const WEBHOOKS_NOT_ALLOWED: StatusMessage = {
	message: 'Expert did not allow this',
	description:
		'Webhooks need a valid token whose user has the Admin role, and a site for which NiCE has enabled webhooks. Open the CXone Expert API credential and run its test: with a Signing Secret, it tells which is missing.',
};

export const NO_WEBHOOK: StatusMessage = {
	message: 'Expert does not have this webhook',
	description:
		'It was probably removed at the site. Unpublish and publish the workflow of its trigger to register it again, or choose another webhook.',
	isWhole: true,
};

const ABOUT_ALL: StatusMessages = { 403: WEBHOOKS_NOT_ALLOWED };
/** A read explains refusals, because every operation on webhooks starts with one. */
const READ_ALL = { messages: ABOUT_ALL, explainsRefusal: true } as const;
const ABOUT_ONE: StatusMessages = { 403: WEBHOOKS_NOT_ALLOWED, 404: NO_WEBHOOK };

/** Lists the site's webhooks page by page: there is no total. */
export async function listWebhooks(
	api: ApiClient,
	{ active, max = Infinity, matches = () => true }: WantedWebhooks = {},
): Promise<Webhook[]> {
	const state: Record<string, boolean> = active === undefined ? {} : { active };
	const doing = 'list the webhooks of the site';
	return await readPages(
		max,
		async (_wanted, offset, limit) => {
			const query = { limit, offset, ...state };
			const call: ApiCall = { method: 'GET', path: '/webhooks', query, doing, ...READ_ALL };
			return children(await readRoot(api, call, 'webhooks'), 'webhook');
		},
		(entry) => (isDeleted(entry) ? [] : [toWebhook(entry, doing, 'webhooks/webhook')].filter(matches)),
	);
}

/** Returns a webhook; `undefined` when it is gone (404, or still listed as deleted). */
export async function getWebhook(api: ApiClient, id: string): Promise<Webhook | undefined> {
	const call: ApiCall = {
		method: 'GET',
		path: webhookPath(id),
		doing: READING,
		messages: ABOUT_ONE,
		explainsRefusal: true,
	};
	const root = await undefinedIfNotFound(readRoot(api, call, 'webhook'));
	return root === undefined || isDeleted(root) ? undefined : toWebhook(root, READING);
}

const READING = 'read the webhook';

/** Refuses when the site hides a webhook's events: an update may clear them. */
export function assertEventsShown({ element }: Webhook): void {
	if (child(element, 'events') === undefined) refuseWithout('webhook/events', READING);
}

/** Refuses when the site hides the `Authorization` value: it could not be verified. */
export function assertAuthorizationShown({ hidesAuthorization }: Webhook): void {
	if (hidesAuthorization) refuseWithout('webhook/authorization-header', READING);
}

/**
 * Registers a webhook without events.
 *
 * @param mayRepeat whether to retry at a busy site, which has certainly not created it
 * @returns its id; `undefined` if the 201 body, of which there is no sample, has none
 */
export async function createWebhook(
	api: ApiClient,
	url: string,
	authorization: string,
	mayRepeat: () => Promise<boolean>,
): Promise<string | undefined> {
	const { document } = await api.call({
		method: 'POST',
		path: '/webhooks',
		body: writeXml('webhook', { 'webhook-url': url, 'authorization-header': authorization }),
		doing: 'register the webhook',
		messages: ABOUT_ALL,
		mayRepeat,
	});
	const id = textOf(document?.root, 'id');
	return id !== undefined && /^\d+$/.test(id) ? id : undefined;
}

/** Sets URL, authorization and active. May clear the events: `updateKeepingEvents` keeps them. */
export async function updateWebhook(
	api: ApiClient,
	id: string,
	{ url, authorization, active }: WebhookSettings,
	messages?: StatusMessages,
): Promise<void> {
	await api.call({
		method: 'PUT',
		path: webhookPath(id),
		body: writeXml('webhook', {
			'webhook-url': url,
			// Leave a hidden authorization as it is.
			...(authorization === '' ? {} : { 'authorization-header': authorization }),
			active: String(active),
		}),
		doing: 'update the webhook',
		messages: { ...ABOUT_ONE, ...messages },
	});
}

/** Removes a webhook permanently; succeeds when it is already gone. */
export async function deleteWebhook(api: ApiClient, id: string): Promise<void> {
	const [path, doing] = [webhookPath(id), 'remove the webhook'];
	await undefinedIfNotFound(api.call({ method: 'DELETE', path, doing, messages: ABOUT_ONE }));
}

/** Adds an event type. Idempotent. */
export async function addEvent(api: ApiClient, id: string, event: string): Promise<void> {
	await api.call({
		method: 'PUT',
		path: eventPath(id, event),
		doing: `add the event "${event}" to the webhook`,
		messages: { ...ABOUT_ONE, 400: unknownEvent(event) },
	});
}

/** Removes an event type; succeeds when it is not there. */
export async function removeEvent(api: ApiClient, id: string, event: string): Promise<void> {
	const doing = `remove the event "${event}" from the webhook`;
	const path = eventPath(id, event);
	await undefinedIfNotFound(api.call({ method: 'DELETE', path, doing, messages: ABOUT_ONE }));
}

/** Usually a typo. Names the event first, as a toast shows little text. */
function unknownEvent(event: string): StatusMessage {
	return {
		message: `Your Expert site does not know the event "${event}"`,
		description: "Check its name under 'Additional Events'. Your site may have fewer events.",
		toModel: 'Check its name. The site may have fewer events.',
		isWhole: true,
	};
}

function webhookPath(id: string): string {
	return `/webhooks/${encodeURIComponent(id)}`;
}

function eventPath(id: string, event: string): string {
	return `${webhookPath(id)}/events/${encode(event)}`;
}

function isDeleted(webhook: XmlElement): boolean {
	return textOf(webhook, 'deleted')?.toLowerCase() === 'true';
}

/** Requires whatever identifies a webhook or goes into an update: never change one by guess. */
function toWebhook(webhook: XmlElement, doing: string, name = 'webhook'): Webhook {
	const lacks = (part: string) => refuseWithout(`${name}/${part}`, doing);
	const shown = (name: string) => textOf(child(webhook, name) ?? lacks(name)) ?? '';
	const authorization = child(webhook, 'authorization-header');
	return {
		id: textOf(webhook, 'id') ?? lacks('id'),
		url: shown('webhook-url'),
		active: shown('active').toLowerCase() === 'true',
		authorization: textOf(authorization) ?? '',
		...(authorization === undefined ? { hidesAuthorization: true } : {}),
		events: children(child(webhook, 'events'), 'event').map(
			(event) => textOf(event, 'event-type') ?? lacks('events/event/event-type'),
		),
		consecutiveFailures: Number(textOf(webhook, 'consecutive-failures') ?? 0) || 0,
		disabledReason: textOf(webhook, 'consecutive-failures-disabled-reason') ?? '0',
		...compact({ guid: textOf(webhook, 'guid'), createdAt: textOf(webhook, 'created-date') }),
		element: withoutSecretElements(webhook),
	};
}

/** No field is documented to hold a secret, so go by element name, and rather drop too many. */
function withoutSecretElements(element: XmlElement): XmlElement {
	const entries = Object.entries(element).filter(
		([name]) => !/authorization|secret|signing|hmac|token|key/i.test(name),
	);
	return Object.fromEntries(entries.map(([name, value]) => [name, withoutSecretValues(value)]));
}

function withoutSecretValues(value: XmlValue): XmlValue {
	if (typeof value === 'string') return value;
	return Array.isArray(value) ? value.map(withoutSecretValues) : withoutSecretElements(value);
}

/** Whether the site gives no reason, as for an active webhook, or one that a person disabled. */
export function hasNoReason({ disabledReason }: Webhook): boolean {
	return disabledReason === '0';
}

/**
 * Whether Expert disabled the webhook after failed deliveries. The reason's values are
 * undocumented, and 0 in all the vendor's samples, so failures count, too. Source:
 * docs/vendor-facts.md#disabled-webhooks.
 */
export function isDisabledByExpert(webhook: Webhook): boolean {
	return !webhook.active && (!hasNoReason(webhook) || webhook.consecutiveFailures > 0);
}

/** Returns the site's reason as a suffix to a sentence; empty without one. */
function reasonText(webhook: Webhook): string {
	return hasNoReason(webhook) ? '' : ` (reason ${printableOfSite(webhook.disabledReason)})`;
}

/** Completes a log line that begins with the webhook. */
export function disabledText(webhook: Webhook): string {
	if (!isDisabledByExpert(webhook)) return 'was disabled';
	const { consecutiveFailures: failures } = webhook;
	const inARow = counted(failures, 'failed delivery', 'failed deliveries in a row');
	const after = failures === 0 ? '' : ` after ${inARow}`;
	return `was disabled by Expert${after}${reasonText(webhook)}`;
}
