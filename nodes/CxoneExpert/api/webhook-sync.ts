import type { ApiClient } from './client';
import { asExpertError, errorOf, ExpertError, type StatusMessages } from './expert-error';
import {
	addEvent,
	assertAuthorizationShown,
	assertEventsShown,
	createWebhook,
	deleteWebhook,
	getWebhook,
	listWebhooks,
	NO_WEBHOOK,
	removeEvent,
	updateWebhook,
	type Webhook,
	type WebhookSettings,
} from './webhooks';
import { canonicalEventName, missingEvents } from './event-types';
import { isSameUrl } from './webhook-url';

/*
 * Registers, repairs and removes our webhook. A site can report success and do nothing, so only what it shows
 * afterwards counts.
 */

/** Our webhook as it should be at the site. */
export interface WantedWebhook {
	url: string;
	/** Secret: sent by Expert as `Authorization` with each delivery. */
	authorization: string;
	/** At least one event, in path form. */
	events: string[];
	/** Events in path form that some sites do not have; none is needed. */
	optionalEvents?: string[];
}

/** The changes that a webhook needs. */
export interface Differences {
	/** Authorization header or active state. Never the URL: it makes a webhook ours. */
	settings: boolean;
	/** Events to add, in path form. */
	add: string[];
	/** Events to remove, in path form, the only spelling sure to work in a call. */
	remove: string[];
}

/** Compares event names in any spelling: the site changes their case. */
export function differences(found: Webhook, wanted: WantedWebhook): Differences {
	return {
		settings: !found.active || found.authorization !== wanted.authorization,
		add: missingEvents(found.events, wanted.events),
		remove: missingEvents([...wanted.events, ...(wanted.optionalEvents ?? [])], found.events).map(canonicalEventName),
	};
}

export function isUpToDate({ settings, add, remove }: Differences): boolean {
	return !settings && add.length === 0 && remove.length === 0;
}

export interface SyncResult {
	id: string;
	created: boolean;
	/** The webhook as found, if it was disabled. */
	wasDisabled?: Webhook;
}

/**
 * Registers the webhook, or repairs the one that is there.
 *
 * A failure can leave a half-made webhook; {@link removeWebhooks} cleans up.
 */
export async function syncWebhook(api: ApiClient, wanted: WantedWebhook): Promise<SyncResult> {
	const found = await findWebhooks(api, wanted.url);
	const created = found.length === 0;
	const [webhook, ...others] = created ? await register(api, wanted) : found;
	await removeAll(api, wanted.url, others);
	const shown = await bringUpToDate(api, webhook!.id, wanted);
	await addOptionalEvents(api, shown, wanted);
	const wasDisabled = created || webhook!.active ? {} : { wasDisabled: webhook! };
	return { id: webhook!.id, created, ...wasDisabled };
}

/**
 * Removes every webhook with our URL; succeeds if there is none.
 *
 * @returns removed ids
 */
export async function removeWebhooks(api: ApiClient, url: string): Promise<string[]> {
	return await removeAll(api, url, await findWebhooks(api, url));
}

/**
 * A webhook is ours if it has our URL, which is partly random; we never touch another. A lost response can
 * leave more than one.
 *
 * @param id to read as well if the list lacks it; it counts only with our URL, since it may be another thing's id
 */
export async function findWebhooks(api: ApiClient, url: string, id?: string): Promise<Webhook[]> {
	const isOurs = (webhook: Webhook) => isSameUrl(webhook.url, url);
	const listed = await listWebhooks(api, { matches: isOurs });
	if (id === undefined || listed.some((webhook) => webhook.id === id)) return listed;
	const named = await getWebhook(api, id);
	return named !== undefined && isOurs(named) ? [...listed, named] : listed;
}

/**
 * Registers, then searches: the response may lack the id, and the list may lag.
 *
 * @returns at least one
 */
async function register(api: ApiClient, { url, authorization }: WantedWebhook): Promise<Webhook[]> {
	const isAbsent = async () =>
		await findWebhooks(api, url).then(
			({ length }) => length === 0,
			() => false,
		);
	const id = await createWebhook(api, url, authorization, isAbsent);
	const found = await findWebhooks(api, url, id);
	if (found.length > 0) return found;
	const detail = 'The webhook is not there although it was registered.';
	throw new ExpertError({ kind: 'unexpected', doing: 'register the webhook', detail });
}

async function removeAll(api: ApiClient, url: string, webhooks: Webhook[]): Promise<string[]> {
	const ids = webhooks.map(({ id }) => id);
	if (ids.length === 0) return ids;
	for (const id of ids) await deleteWebhook(api, id);
	const left = await findWebhooks(api, url);
	if (!left.some(({ id }) => ids.includes(id))) return ids;
	const detail = 'The webhook is still there although it was removed.';
	throw new ExpertError({ kind: 'unexpected', doing: 'remove the webhook', detail });
}

/** @returns the webhook as the site shows it afterwards */
async function bringUpToDate(api: ApiClient, id: string, wanted: WantedWebhook): Promise<Webhook> {
	const found = await readWebhook(api, id);
	assertAuthorizationShown(found);
	const before = differences(found, wanted);
	if (isUpToDate(before)) return found;
	const updated = before.settings ? await updateKeepingEvents(api, id, { ...wanted, active: true }) : found;
	const { add, remove } = differences(updated, wanted);
	await addEvents(api, id, add);
	await inRounds(remove, async (event) => await removeEvent(api, id, event));
	const after = await readWebhook(api, id);
	assertEventsShown(after);
	const left = differences(after, wanted);
	if (isUpToDate(left)) return after;
	throw new ExpertError({
		kind: 'unexpected',
		doing: after.active ? 'set up the webhook' : 'enable the webhook',
		detail: left.add.length > 0 ? `Not registered: ${left.add.join(', ')}.` : undefined,
	});
}

/** Asks once for each that the webhook lacks. Whatever the site responds, the webhook is up to date without them. */
async function addOptionalEvents(
	api: ApiClient,
	{ id, events }: Webhook,
	{ optionalEvents = [] }: WantedWebhook,
): Promise<void> {
	for (const event of missingEvents(events, optionalEvents)) await errorOf(addEvent(api, id, event));
}

/**
 * Updates URL, authorization header and active state, reads the webhook again and puts back what the update has lost:
 * in a sample of the vendor the updated webhook has no events (docs/vendor-facts.md#updating-a-webhook). A site can
 * update the webhook even if its response is lost.
 *
 * @param wanted `events` in any spelling: those it had, or those it should have
 * @param messages for statuses of the update itself
 *
 * @returns the webhook as the site shows it afterwards
 * @throws ExpertError with a detail if events may be missing now
 */
export async function updateKeepingEvents(
	api: ApiClient,
	id: string,
	wanted: WebhookSettings & Pick<Webhook, 'events'>,
	messages?: StatusMessages,
): Promise<Webhook> {
	const failed = await errorOf(updateWebhook(api, id, wanted, messages));
	if (failed?.mayHaveBeenDone === false) throw failed;
	let missing = wanted.events;
	try {
		let shown = await readWebhook(api, id);
		missing = missingEvents(shown.events, wanted.events).map(canonicalEventName);
		if (missing.length > 0) {
			await addEvents(api, id, missing);
			shown = await readWebhook(api, id);
			assertEventsShown(shown);
			missing = missingEvents(shown.events, missing);
		}
		if (failed === undefined && missing.length === 0) return shown;
		throw failed ?? new ExpertError({ kind: 'unexpected', doing: 'add the events to the webhook again' });
	} catch (thrown) {
		const error = failed ?? asExpertError(thrown);
		if (missing.length === 0) throw error;
		throw error.with({ detail: `The webhook may lack events now: ${missing.join(', ')}.` });
	}
}

/** Reads one webhook, because the list may shorten its entries. Throws 404 for a webhook that is gone. */
async function readWebhook(api: ApiClient, id: string): Promise<Webhook> {
	const found = await getWebhook(api, id);
	if (found !== undefined) return found;
	throw new ExpertError({ kind: 'http-status', status: 404, messages: { 404: NO_WEBHOOK } });
}

async function addEvents(api: ApiClient, id: string, events: string[]): Promise<void> {
	await inRounds(events, async (event) => await addEvent(api, id, event));
}

/** All 27 events one by one would take too long on a slow line. */
const MAX_ROUNDS = 3;

/** A failure stops it after the round. */
export async function inRounds(names: string[], work: (name: string) => Promise<void>): Promise<void> {
	const perRound = Math.ceil(names.length / MAX_ROUNDS);
	for (let start = 0; start < names.length; start += perRound) {
		const done = await Promise.allSettled(names.slice(start, start + perRound).map(work));
		const failed = done.find(({ status }) => status === 'rejected');
		if (failed?.status === 'rejected') throw failed.reason;
	}
}
