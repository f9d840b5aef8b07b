import {
	bodyOf,
	ok,
	wholeNumber,
	windowOf,
	type Call,
	type Handler,
	type Reply,
	type Route,
	param,
} from './call.mts';
import { siteNow } from './clock.mts';
import { adminRequired, ApiError, invalidInput, webhookNotFound } from './errors.mts';
import { eventTypeByPath } from './event-types.mts';
import type { Settings } from './settings.mts';
import { mayDo } from './users.mts';
import { checkedHeader, checkedUrl, readFields } from './webhook-fields.mts';
import { createdData, eventListData, webhookData, webhookListData } from './webhook-xml.mts';
import type { Webhook, Webhooks } from './webhooks.mts';

/**
 * The 8 calls of docs/vendor-facts.md#webhook-calls. All need Admin; with the feature off they
 * respond 403 as well.
 */
export function webhookRoutes(webhooks: Webhooks, settings: Settings): Route[] {
	const find = (call: Call): Webhook => {
		const webhook = webhooks.find(wholeNumber(param(call, 'webhookid'), 'webhookid'));
		if (!webhook || (webhook.deleted && settings.afterDelete === 'notFound')) {
			throw webhookNotFound();
		}
		return webhook;
	};
	/** As `find`, for calls that change something: what is deleted stays so. */
	const findLive = (call: Call): Webhook => {
		const webhook = find(call);
		if (webhook.deleted) throw webhookNotFound();
		return webhook;
	};
	const one = '/webhooks/:webhookid';
	const routes: Route[] = [
		['post', '/webhooks', (call) => create(call, webhooks, settings)],
		['get', '/webhooks', (call) => list(call, webhooks, settings)],
		['get', one, (call) => ok(webhookData(find(call), settings))],
		['put', one, (call) => update(call, findLive(call), settings)],
		['delete', one, (call) => remove(findLive(call))],
		['get', `${one}/events`, (call) => ok(eventListData(find(call)))],
		['put', `${one}/events/:eventtype`, (call) => addEvent(call, findLive(call), settings)],
		['delete', `${one}/events/:eventtype`, (call) => removeEvent(call, findLive(call))],
	];
	return routes.map(([method, path, handler]) => [method, path, adminOnly(handler, settings)]);
}

function adminOnly(handler: Handler, settings: Settings): Handler {
	return (call) => {
		if (!mayDo(call.user, 'ADMIN') || !settings.webhooksFeature) throw adminRequired();
		return handler(call);
	};
}

/** Registers no event types: see docs/vendor-facts.md#registering-a-webhook. */
function create(call: Call, webhooks: Webhooks, settings: Settings): Reply {
	const { url, authorizationHeader } = readFields(bodyOf(call, 'webhook'));
	if (url === undefined) throw invalidInput('webhook-url is missing');
	if (authorizationHeader === undefined && settings.requireAuthorizationHeader) {
		throw invalidInput('authorization-header is missing');
	}
	const stored = checkedUrl(url, settings);
	if (authorizationHeader !== undefined) checkedHeader(authorizationHeader, settings);
	if (webhooks.current.length >= settings.maxWebhooks) throw invalidInput('too many webhooks');
	const webhook = webhooks.add(stored, authorizationHeader ?? '', settings);
	return { status: 201, data: createdData(webhook, settings) };
}

function list(call: Call, webhooks: Webhooks, settings: Settings): Reply {
	const active = call.query.get('active');
	if (active !== null && !/^(true|false)$/i.test(active)) {
		throw invalidInput("'active' must be true or false");
	}
	const shown = settings.afterDelete === 'notFound' ? webhooks.current : webhooks.everything;
	const wanted = shown.filter(
		(webhook) => active === null || String(webhook.active) === active.toLowerCase(),
	);
	return ok(webhookListData(windowOf(call, wanted, 100, settings), settings));
}

function update(call: Call, webhook: Webhook, settings: Settings): Reply {
	const fields = readFields(bodyOf(call, 'webhook'));
	if (settings.updateMissingFields === 'refuse' && Object.values(fields).includes(undefined)) {
		throw invalidInput('webhook-url, authorization-header and active are needed');
	}
	const url = fields.url === undefined ? webhook.url : checkedUrl(fields.url, settings);
	const header =
		fields.authorizationHeader === undefined
			? webhook.authorizationHeader
			: checkedHeader(fields.authorizationHeader, settings);
	if (fields.active && !webhook.active && !settings.reenableByApi) {
		throw invalidInput('a disabled webhook is enabled in the Dashboard');
	}
	webhook.url = url;
	webhook.authorizationHeader = header;
	if (settings.putClearsEvents) webhook.events.clear();
	if (fields.active === true) webhook.enable();
	if (fields.active === false && webhook.active) webhook.disable();
	return ok(webhookData(webhook, settings));
}

function remove(webhook: Webhook): Reply {
	webhook.remove();
	return ok();
}

/**
 * Repeats are harmless; unknown types are refused unless the setting says otherwise:
 * docs/vendor-facts.md#webhook-calls.
 */
function addEvent(call: Call, webhook: Webhook, settings: Settings): Reply {
	const name = param(call, 'eventtype');
	const known = eventTypeByPath(name);
	if (!known && settings.unknownEventTypeStatus >= 400) {
		throw new ApiError(settings.unknownEventTypeStatus, `Invalid event type '${name}'`);
	}
	const path = name.toLowerCase();
	if (webhook.events.has(path)) {
		if (settings.repeatedEventTypeStatus >= 400) {
			throw new ApiError(settings.repeatedEventTypeStatus, `'${name}' is registered already`);
		}
		return { status: settings.repeatedEventTypeStatus, data: webhookData(webhook, settings) };
	}
	webhook.events.set(path, { header: known?.header ?? name, createdDate: siteNow(settings) });
	return ok(webhookData(webhook, settings));
}

function removeEvent(call: Call, webhook: Webhook): Reply {
	const name = param(call, 'eventtype');
	if (!webhook.events.delete(name.toLowerCase())) {
		throw new ApiError(404, `Event type '${name}' is not registered`);
	}
	return ok();
}
