import type { ApiCall, ApiClient } from './client';
import { type ApiFailure, isNotFound } from './failure';
import { PAGE_SIZE, readPages } from './pagination';
import { encode } from './path-segment';
import { type Result, success } from './result';
import { failedAt, rootOf } from './root';
import { child, children, textOf, writeXml, type XmlElement, type XmlValue } from './xml';

/**
 * A webhook subscription as the site reports it. Source: docs/vendor-facts.md#webhook-documents.
 */
export interface Webhook {
	id: string;
	url: string;
	active: boolean;
	/** The whole `Authorization` value that the site sends with each delivery. Secret. */
	authorization: string;
	/** Names as the site spells them, e.g. `Page_Create`. */
	events: string[];
	consecutiveFailures: number;
	/** `0` unless the site has disabled the webhook; other values are not documented. */
	disabledReason: string;
	guid?: string;
	/** ISO 8601. */
	createdAt?: string;
	/** All that the site says about it, without secrets. */
	element: XmlElement;
}

/** What an update sets: the site may expect all of it. */
export type WebhookSettings = Pick<Webhook, 'url' | 'authorization' | 'active'>;

/** Which webhooks of the list are wanted. */
export interface WantedWebhooks {
	/** Only those that are active, or inactive. */
	active?: boolean;
	/** Once there are this many, no further page is read. */
	max?: number;
	matches?: (webhook: Webhook) => boolean;
}

/** The webhooks of the site, page by page: the list has no total. */
export async function listWebhooks(
	api: ApiClient,
	{ active, max = Infinity, matches = () => true }: WantedWebhooks = {},
): Promise<Result<Webhook[]>> {
	const state: Record<string, boolean> = active === undefined ? {} : { active };
	return await readPages(
		max,
		// Not only as many as are wanted: not all that come match.
		async (wanted, offset) =>
			await webhookPage(api, { limit: Math.max(wanted, PAGE_SIZE), offset, ...state }),
		(entry) => (isPresent(entry) ? [toWebhook(entry)].filter(matches) : []),
	);
}

type ListQuery = NonNullable<ApiCall['query']>;

async function webhookPage(api: ApiClient, query: ListQuery): Promise<Result<XmlElement[]>> {
	const list = await api.call({ method: 'GET', path: '/webhooks', query });
	const root = rootOf(list, 'webhooks', { task: 'list-webhooks' });
	return root.ok ? success(children(root.value, 'webhook')) : root;
}

/** One webhook; `undefined` when it is gone (404, or still listed as deleted). */
export async function getWebhook(api: ApiClient, id: string): Promise<Result<Webhook | undefined>> {
	const read = await api.call({ method: 'GET', path: webhookPath(id) });
	if (!read.ok && isNotFound(read.failure)) return success(undefined);
	const root = rootOf(read, 'webhook', { task: 'read-webhook' });
	if (!root.ok) return root;
	return success(isPresent(root.value) ? toWebhook(root.value) : undefined);
}

/**
 * Registers a webhook without events.
 *
 * The specification shows no body for the 201 response, only that an `id` element is somewhere in it.
 * @param mayRepeat whether to retry at a site that was busy: it has certainly not done it
 * @returns its id; `undefined` when the response names none (find the webhook by its URL then)
 */
export async function createWebhook(
	api: ApiClient,
	url: string,
	authorization: string,
	mayRepeat: () => Promise<boolean>,
): Promise<Result<string | undefined>> {
	const body = writeXml('webhook', { 'webhook-url': url, 'authorization-header': authorization });
	const created = await api.call({ method: 'POST', path: '/webhooks', body, mayRepeat });
	if (!created.ok) return failedAt({ task: 'register-webhook' }, created.failure);
	const { root = {} } = created.value.document ?? {};
	return success(firstId(root));
}

/**
 * Sets URL, authorization header and active. Events are not part of this call, but it may clear them:
 * `updateKeepingEvents` is for that.
 */
export async function updateWebhook(
	api: ApiClient,
	id: string,
	{ url, authorization, active }: WebhookSettings,
): Promise<Result<undefined>> {
	const body = writeXml('webhook', {
		'webhook-url': url,
		// An authorization that the site does not show stays as it is.
		...(authorization === '' ? {} : { 'authorization-header': authorization }),
		active: String(active),
	});
	const updated = await api.call({ method: 'PUT', path: webhookPath(id), body });
	return updated.ok ? DONE : failedAt({ task: 'update-webhook' }, updated.failure);
}

/** Removes a webhook permanently; one that is gone already counts as removed. */
export async function deleteWebhook(api: ApiClient, id: string): Promise<Result<undefined>> {
	const removed = await api.call({ method: 'DELETE', path: webhookPath(id) });
	if (removed.ok || isNotFound(removed.failure)) return DONE;
	return failedAt({ task: 'remove-webhook' }, removed.failure);
}

/** Adds one event type; adding it twice does no harm. */
export async function addEvent(
	api: ApiClient,
	id: string,
	event: string,
): Promise<Result<undefined>> {
	const added = await api.call({ method: 'PUT', path: eventPath(id, event) });
	return added.ok ? DONE : failedAt({ task: 'add-event', subject: event }, added.failure);
}

/** Removes one event type; one that is not there counts as removed. */
export async function removeEvent(
	api: ApiClient,
	id: string,
	event: string,
): Promise<Result<undefined>> {
	const removed = await api.call({ method: 'DELETE', path: eventPath(id, event) });
	if (removed.ok || isNotFound(removed.failure)) return DONE;
	return failedAt({ task: 'remove-event', subject: event }, removed.failure);
}

/** Whether the work of a failed call may have been done, or may still be done. */
export function mayHaveBeenDone({ kind, status = 0 }: ApiFailure): boolean {
	const isRefusal = kind === 'http-status' && status < 500;
	return !isRefusal && !['anonymous', 'redirect', 'bad-site', 'insecure-site'].includes(kind);
}

const DONE = success(undefined);

function webhookPath(id: string): string {
	return `/webhooks/${encodeURIComponent(id)}`;
}

function eventPath(id: string, event: string): string {
	return `${webhookPath(id)}/events/${encode(event)}`;
}

function isPresent(webhook: XmlElement): boolean {
	return (
		textOf(webhook, 'deleted')?.toLowerCase() !== 'true' && textOf(webhook, 'id') !== undefined
	);
}

function toWebhook(webhook: XmlElement): Webhook {
	const guid = textOf(webhook, 'guid');
	const createdAt = textOf(webhook, 'created-date');
	return {
		id: textOf(webhook, 'id') ?? '',
		url: textOf(webhook, 'webhook-url') ?? '',
		active: textOf(webhook, 'active')?.toLowerCase() === 'true',
		authorization: textOf(webhook, 'authorization-header') ?? '',
		events: children(child(webhook, 'events'), 'event').flatMap(
			(event) => textOf(event, 'event-type') ?? [],
		),
		consecutiveFailures: Number(textOf(webhook, 'consecutive-failures') ?? 0) || 0,
		disabledReason: textOf(webhook, 'consecutive-failures-disabled-reason') ?? '0',
		...(guid === undefined ? {} : { guid }),
		...(createdAt === undefined ? {} : { createdAt }),
		element: withoutSecretElements(webhook),
	};
}

/** No field is documented to hold a secret. What an element is called decides: too many are left out. */
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

function firstId(element: XmlElement): string | undefined {
	const own = textOf(element, 'id');
	if (own !== undefined && /^\d+$/.test(own)) return own;
	for (const name of Object.keys(element)) {
		if (name.startsWith('@') || name === '#text') continue;
		for (const inner of children(element, name)) {
			const found = firstId(inner);
			if (found !== undefined) return found;
		}
	}
	return undefined;
}
