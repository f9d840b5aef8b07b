import {
	children,
	textOf,
	writeXml,
	type XmlElement,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import { EVENT_TYPES, missingEvents } from '../../../../nodes/CxoneExpert/api/event-types.ts';
import { deleteWebhook, listOwnWebhooks, removeWebhooks } from '../own.mts';
import { firstChild } from '../seen.mts';
import { change, look, Stopped, type Steps } from './step.mts';

/** Of the older feeds; a site may refuse it. */
const DRAFT_PUBLISH = 'draft_publish';

/** A type that no site has. */
const UNKNOWN_TYPE = 'cxoneexpertprobe_unknown';

/** The webhook of the probe, at the site. */
export interface OwnWebhook {
	id: string;
	/** As it was sent. */
	url: string;
	/** Event types that the site has accepted. */
	events: string[];
}

/** Registers the webhook with every event type, and sees on the way what the site makes of odd ones. */
export async function registerWebhook(steps: Steps, url: string): Promise<OwnWebhook | undefined> {
	await tryOut(steps, 'create-http', { 'webhook-url': `${url.replace(/^https:/i, 'http:')}/http` });
	await tryOut(steps, 'create-without-authorization', { 'webhook-url': `${url}/bare` }, false);
	if (!(await create(steps, 'create', { 'webhook-url': url }))) return undefined;
	const found = (await listOwnWebhooks(steps.site, steps.own)).at(0);
	const id = textOf(found, 'id');
	if (found === undefined || id === undefined)
		throw new Stopped('create', steps.seen.of('create')!);
	steps.seen.responses.set('listed', asResponse(found));
	const events: string[] = [];
	for (const type of [...EVENT_TYPES.map(({ value }) => value), DRAFT_PUBLISH]) {
		if (await addEvent(steps, id, type, `event-${type}`)) events.push(type);
	}
	const webhook = { id, url, events };
	await tryEvents(steps, webhook);
	await tryUpdates(steps, webhook);
	return webhook;
}

/** Enables or disables it. */
export async function setActive(
	steps: Steps,
	webhook: OwnWebhook,
	step: 'disable' | 'enable',
): Promise<boolean> {
	const isDone = await update(steps, step, webhook, { active: String(step === 'enable') });
	await readAndRepair(steps, `webhook-after-${step}`, webhook);
	return isDone;
}

export async function removeWebhook(steps: Steps, { id }: OwnWebhook): Promise<void> {
	steps.seen.responses.set('webhook-delete', await deleteWebhook(steps.site, id));
	await look(steps, 'webhook-after-delete', { path: `/webhooks/${id}` });
}

/** Creates one that should be refused, and removes it where it is not. */
async function tryOut(
	steps: Steps,
	step: string,
	fields: XmlElement,
	isAuthorized = true,
): Promise<void> {
	if (await create(steps, step, fields, isAuthorized)) await removeWebhooks(steps.site, steps.own);
}

async function create(steps: Steps, step: string, fields: XmlElement, isAuthorized = true) {
	const { authorization } = steps.own;
	const body = writeXml('webhook', {
		...fields,
		...(isAuthorized ? { 'authorization-header': authorization } : {}),
	});
	return await change(steps, step, { method: 'POST', path: '/webhooks', body });
}

/** An entry of a list, as if it had been asked for alone. */
function asResponse(root: XmlElement) {
	return { status: 200, headers: {}, text: '', document: { name: 'webhook', root } };
}

async function addEvent(steps: Steps, id: string, type: string, step: string): Promise<boolean> {
	const path = `/webhooks/${id}/events/${type}`;
	return await change(steps, step, { method: 'PUT', path }, 'webhook');
}

async function tryEvents(steps: Steps, { id, events }: OwnWebhook): Promise<void> {
	const [first] = events;
	if (first !== undefined) await addEvent(steps, id, first, 'event-again');
	const path = `/webhooks/${id}/events/${UNKNOWN_TYPE}`;
	if (await addEvent(steps, id, UNKNOWN_TYPE, 'event-unknown')) {
		await steps.site.call({ method: 'DELETE', path });
	}
	await look(steps, 'webhook', { path: `/webhooks/${id}` });
}

async function tryUpdates(steps: Steps, webhook: OwnWebhook): Promise<void> {
	await update(steps, 'update', webhook, {});
	await readAndRepair(steps, 'webhook-after-update', webhook);
	const body = writeXml('webhook', { 'webhook-url': webhook.url });
	const path = `/webhooks/${webhook.id}`;
	await change(steps, 'update-partial', { method: 'PUT', path, body }, 'webhook');
	await look(steps, 'webhook-after-partial', { path });
	await update(steps, 'update-again', webhook, {});
	await readAndRepair(steps, 'webhook-after-update-again', webhook);
}

async function update(steps: Steps, step: string, { id, url }: OwnWebhook, fields: XmlElement) {
	const { authorization } = steps.own;
	const body = writeXml('webhook', {
		...{ 'webhook-url': url, 'authorization-header': authorization, active: 'true' },
		...fields,
	});
	return await change(steps, step, { method: 'PUT', path: `/webhooks/${id}`, body }, 'webhook');
}

/** An update may have taken the events away. */
async function readAndRepair(steps: Steps, step: string, webhook: OwnWebhook): Promise<void> {
	await look(steps, step, { path: `/webhooks/${webhook.id}` });
	const missing = missingEvents(eventsOf(steps.seen.root(step, 'webhook')), webhook.events);
	for (const event of missing) await addEvent(steps, webhook.id, event, 'event-once-more');
}

/** Event types of a webhook, as the site spells them. */
export function eventsOf(webhook: XmlElement | undefined): string[] {
	return children(firstChild(webhook, 'events'), 'event').flatMap(
		(event) => textOf(event, 'event-type') ?? [],
	);
}
