import { ok, wholeNumber, type Backend, type Call, type Handler, type Reply, type Route } from '../http/call.mts';
import { adminRequired, ApiError, invalidInput, webhookNotFound } from '../http/errors.mts';
import { draftPublish, eventTypeByPath, type EventType } from '../events/types.mts';
import { isoSeconds } from '../events/event.mts';
import type { Settings } from '../settings.mts';
import { siteNow } from '../settings.mts';
import { mayDo } from '../site/users.mts';
import type { Webhook } from '../site/webhooks.mts';
import { childText, type Element, type XmlData } from '../xml.mts';

/**
 * The calls of docs/vendor-facts.md#webhook-calls. All need Admin; with the feature off they
 * respond 403 as well.
 */
const routes: Route[] = [
	['post', '/webhooks', create],
	['get', '/webhooks', list],
	['get', '/webhooks/:webhookid', (call, backend) => shown(find(call, backend), backend)],
	['put', '/webhooks/:webhookid', update],
	['delete', '/webhooks/:webhookid', remove],
	['put', '/webhooks/:webhookid/events/:eventtype', addEvent],
	['delete', '/webhooks/:webhookid/events/:eventtype', removeEvent],
];

export const webhookRoutes = routes.map(([method, path, handler]): Route => [method, path, adminOnly(handler)]);

function adminOnly(handler: Handler): Handler {
	return (call, backend) => {
		const isOn = backend.settings.webhooksFeature;
		if (!mayDo(call.user, 'ADMIN') || !isOn) throw adminRequired();
		return handler(call, backend);
	};
}

/** Registers no event types: see docs/vendor-facts.md#registering-a-webhook. */
function create(call: Call, { webhooks, settings }: Backend): Reply {
	const { url, authorizationHeader } = readFields(call.body('webhook'));
	if (url === undefined) throw invalidInput('webhook-url is missing');
	if (authorizationHeader === undefined) throw invalidInput('authorization-header is missing');
	const stored = checkedUrl(url, settings);
	const webhook = webhooks.add(stored, checkedHeader(authorizationHeader));
	return { status: 201, data: createdData(webhook, settings) };
}

/** No count or total attributes: see docs/vendor-facts.md#webhook-documents. */
function list(call: Call, { webhooks, settings }: Backend): Reply {
	const active = call.oneOf('active', ['', 'true', 'false']);
	const all = settings.afterDelete === 'notFound' ? webhooks.current : webhooks.everything;
	const wanted = all.filter((webhook) => active === '' || String(webhook.active) === active);
	const webhook = call.window(wanted, 100, settings).map((each) => webhookData(each, settings));
	return ok({ webhooks: { webhook } });
}

function update(call: Call, backend: Backend): Reply {
	const { settings } = backend;
	const webhook = findLive(call, backend);
	const fields = readFields(call.body('webhook'));
	if (settings.updateMissingFields === 'refuse' && Object.values(fields).includes(undefined)) {
		throw invalidInput('webhook-url, authorization-header and active are needed');
	}
	const url = fields.url === undefined ? webhook.url : checkedUrl(fields.url, settings);
	const { authorizationHeader = webhook.authorizationHeader } = fields;
	checkedHeader(authorizationHeader);
	if (fields.active && !webhook.active && !settings.reenableByApi) {
		throw invalidInput('a disabled webhook is enabled in the Dashboard');
	}
	Object.assign(webhook, { url, authorizationHeader });
	if (settings.putClearsEvents) webhook.events.clear();
	if (fields.active === true) webhook.enable();
	if (fields.active === false && webhook.active) webhook.disable();
	return shown(webhook, backend);
}

function remove(call: Call, backend: Backend): Reply {
	findLive(call, backend).remove();
	return ok();
}

/** Repeats are harmless: docs/vendor-facts.md#webhook-calls. */
function addEvent(call: Call, backend: Backend): Reply {
	const { settings } = backend;
	const webhook = findLive(call, backend);
	const name = call.param('eventtype');
	const known = knownType(name, settings);
	if (!known && settings.unknownEventTypeStatus >= 400) {
		throw new ApiError(settings.unknownEventTypeStatus, `Invalid event type '${name}'`);
	}
	const event = { header: known?.header ?? name, createdDate: siteNow(settings) };
	if (!webhook.events.has(name.toLowerCase())) webhook.events.set(name.toLowerCase(), event);
	return shown(webhook, backend);
}

function knownType(name: string, { knowsDraftPublish }: Settings): EventType | undefined {
	const isOlder = knowsDraftPublish && name.toLowerCase() === draftPublish.path;
	return isOlder ? draftPublish : eventTypeByPath(name);
}

function removeEvent(call: Call, backend: Backend): Reply {
	const name = call.param('eventtype');
	if (!findLive(call, backend).events.delete(name.toLowerCase())) {
		throw new ApiError(404, `Event type '${name}' is not registered`);
	}
	return ok();
}

function find(call: Call, { webhooks, settings }: Backend): Webhook {
	const webhook = webhooks.find(wholeNumber(call.param('webhookid'), 'webhookid'));
	const isGone = webhook?.deleted && settings.afterDelete === 'notFound';
	if (!webhook || isGone) throw webhookNotFound();
	return webhook;
}

/** What is deleted stays so. */
function findLive(call: Call, backend: Backend): Webhook {
	const webhook = find(call, backend);
	if (webhook.deleted) throw webhookNotFound();
	return webhook;
}

interface WebhookFields {
	url: string | undefined;
	authorizationHeader: string | undefined;
	active: boolean | undefined;
}

/** Other elements are ignored: see docs/vendor-facts.md#webhook-documents. */
function readFields(root: Element): WebhookFields {
	const active = childText(root, 'active')?.trim().toLowerCase();
	if (active !== undefined && active !== 'true' && active !== 'false') {
		throw invalidInput('active must be true or false');
	}
	return {
		url: childText(root, 'webhook-url')?.trim(),
		authorizationHeader: childText(root, 'authorization-header')?.trim(),
		active: active === undefined ? undefined : active === 'true',
	};
}

/** The URL as the site stores it; https only: see docs/vendor-facts.md#webhook-url. */
function checkedUrl(text: string, settings: Settings): string {
	const protocol = URL.canParse(text) ? new URL(text).protocol : '';
	if (protocol !== 'https:' && !(protocol === 'http:' && settings.allowHttpUrls)) {
		throw invalidInput('webhook-url must be an https URL');
	}
	return spelled(text, settings);
}

function spelled(text: string, { webhookUrlSpelling }: Settings): string {
	const { protocol, hostname, host, port, pathname } = new URL(text);
	const withHost = (name: string) => `${protocol}//${name}${pathname}`;
	switch (webhookUrlSpelling) {
		case 'asSent':
			return text;
		case 'slashAtEnd':
			return `${text}/`;
		case 'hostInCapitals':
			return withHost(host.toUpperCase());
		case 'withPort':
			return withHost(`${hostname}:${port || '443'}`);
		case 'encoded':
			return text.replaceAll('-', '%2d');
		case 'elsewhere':
			return withHost(`gateway.${host}`);
	}
}

/**
 * The complete header value, scheme included; it must fit into a header: see
 * docs/vendor-facts.md#authorization-header-of-deliveries.
 */
function checkedHeader(text: string): string {
	if (!/^(bearer|basic) +[\x21-\x7e][\x20-\x7e]*$/i.test(text)) {
		throw invalidInput('authorization-header must be a bearer or basic header value');
	}
	return text;
}

const shown = (webhook: Webhook, { settings }: Backend): Reply => ok({ webhook: webhookData(webhook, settings) });

/**
 * All that is known of the 201 body is that an ID element is in it: see
 * docs/vendor-facts.md#registering-a-webhook.
 */
function createdData(webhook: Webhook, settings: Settings): XmlData {
	const data = settings.createResponseFull ? webhookData(webhook, settings) : { id: webhook.id };
	return { [settings.createResponseRoot]: data };
}

/** With authorization-header in clear, as the vendor does: docs/vendor-facts.md#webhook-documents. */
function webhookData(webhook: Webhook, settings: Settings): XmlData {
	return {
		...(settings.secretInEachResponse ? { secret: settings.signingSecret } : {}),
		id: webhook.id,
		guid: webhook.guid,
		'webhook-url': webhook.url,
		active: webhook.active && !webhook.deleted,
		deleted: webhook.deleted,
		'authorization-header': webhook.authorizationHeader,
		'created-date': isoSeconds(webhook.createdDate),
		'consecutive-failures': webhook.consecutiveFailures,
		'consecutive-failures-disabled-reason': webhook.disabledReason,
		events: eventsOf(webhook),
	};
}

/** White space where there is none: see docs/vendor-facts.md#webhook-documents. */
function eventsOf({ events }: Webhook): XmlData {
	if (events.size === 0) return { '#': '\n' };
	const event = [...events.values()].map(({ header, createdDate }) => ({
		'event-type': header,
		'created-date': isoSeconds(createdDate),
	}));
	return { event };
}
