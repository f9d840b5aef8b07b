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
 * How a webhook becomes what it should be. A site can report success and do nothing: only what it shows
 * afterwards counts.
 */

/** The webhook as it should be at the site. */
export interface DesiredWebhook {
	url: string;
	/** Secret: what Expert sends as `Authorization` with each delivery. */
	authorization: string;
	/** Path forms, at least one. */
	events: string[];
}

/** What has to be changed at the site to make a webhook what it should be. */
export interface Differences {
	/** Authorization header or active state (the URL is what makes a webhook ours). */
	settings: boolean;
	/** Events to add, in path form. */
	add: string[];
	/** Events to remove, in path form: the API's path knows no other spelling for sure. */
	remove: string[];
}

/** Compares event names in any spelling: the site returns them in another case. */
export function differences(found: Webhook, desired: DesiredWebhook): Differences {
	return {
		settings: !found.active || found.authorization !== desired.authorization,
		add: missingEvents(found.events, desired.events),
		remove: missingEvents(desired.events, found.events).map(canonicalEventName),
	};
}

export function isUpToDate({ settings, add, remove }: Differences): boolean {
	return !settings && add.length === 0 && remove.length === 0;
}

/** What was done at the site. */
export interface SyncResult {
	id: string;
	created: boolean;
	/** The webhook as it was found, when it was disabled. */
	wasDisabled?: Webhook;
}

/**
 * Makes the webhook at the site what it should be: repairs what is there, else registers it.
 *
 * It may leave a half-made webhook behind when it throws; {@link removeWebhooks} cleans up.
 */
export async function makeAsDesired(api: ApiClient, desired: DesiredWebhook): Promise<SyncResult> {
	const found = await findWebhooks(api, desired.url);
	const created = found.length === 0;
	const [webhook, ...others] = created ? await register(api, desired) : found;
	await removeAll(api, desired.url, others);
	await repair(api, webhook!.id, desired);
	const wasDisabled = created || webhook!.active ? {} : { wasDisabled: webhook! };
	return { id: webhook!.id, created, ...wasDisabled };
}

/**
 * Removes every webhook with our URL. Nothing there is a success.
 *
 * @returns ids of what was removed
 */
export async function removeWebhooks(api: ApiClient, url: string): Promise<string[]> {
	return await removeAll(api, url, await findWebhooks(api, url));
}

/**
 * Our webhooks are those with our URL, whatever their id: the URL holds a random part, and a
 * webhook with another URL is never touched. More than one is a left-over of a lost response.
 *
 * @param id one to look at, too, if the list does not show it. Where the site named it is not
 * documented: it may be that of something else, so it is the URL that counts.
 */
export async function findWebhooks(api: ApiClient, url: string, id?: string): Promise<Webhook[]> {
	const isOurs = (webhook: Webhook) => isSameUrl(webhook.url, url);
	const listed = await listWebhooks(api, { matches: isOurs });
	if (id === undefined || listed.some((webhook) => webhook.id === id)) return listed;
	const named = await getWebhook(api, id);
	return named !== undefined && isOurs(named) ? [...listed, named] : listed;
}

/**
 * Registers and looks for what was registered: the response may name no id, the list may be late.
 *
 * @returns at least one
 */
async function register(
	api: ApiClient,
	{ url, authorization }: DesiredWebhook,
): Promise<Webhook[]> {
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

async function repair(api: ApiClient, id: string, desired: DesiredWebhook): Promise<void> {
	const found = await readWebhook(api, id);
	assertAuthorizationShown(found);
	const before = differences(found, desired);
	if (isUpToDate(before)) return;
	const updated = before.settings
		? await updateKeepingEvents(api, id, { ...desired, active: true })
		: found;
	const { add, remove } = differences(updated, desired);
	await addEvents(api, id, add);
	await inRounds(remove, async (event) => await removeEvent(api, id, event));
	const after = await readWebhook(api, id);
	assertEventsShown(after);
	const left = differences(after, desired);
	if (isUpToDate(left)) return;
	throw new ExpertError({
		kind: 'unexpected',
		doing: after.active ? 'set up the webhook' : 'enable the webhook',
		detail: left.add.length > 0 ? `Not registered: ${left.add.join(', ')}.` : undefined,
	});
}

/**
 * Sets URL, authorization header and active of a webhook, and sees to it that it has these events.
 *
 * A sample of the vendor shows a webhook without its events after an update
 * (docs/vendor-facts.md#updating-a-webhook), and nothing says what that means. So the webhook is
 * read again and what is missing is added: also when the response to the update was lost, because
 * the work may have been done.
 *
 * @param wanted `events` in any spelling: those that it had, or those that it is to have
 * @param messages what a status means for the update itself
 *
 * @returns the webhook as the site reports it afterwards
 * @throws ExpertError with a detail when events may be missing now
 */
export async function updateKeepingEvents(
	api: ApiClient,
	id: string,
	wanted: WebhookSettings & Pick<Webhook, 'events'>,
	messages?: StatusMessages,
): Promise<Webhook> {
	const failed = await errorOf(updateWebhook(api, id, wanted, messages));
	if (failed?.mayHaveBeenDone === false) throw failed;
	const kept = withEvents(api, id, wanted.events);
	if (failed === undefined) return await kept;
	throw failed.with({ detail: (await errorOf(kept))?.detail });
}

/** The webhook with these events: those that are missing are added. What is thrown names them. */
export async function withEvents(api: ApiClient, id: string, events: string[]): Promise<Webhook> {
	let missing = events;
	try {
		const found = await readWebhook(api, id);
		missing = missingEvents(found.events, events).map(canonicalEventName);
		if (missing.length === 0) return found;
		await addEvents(api, id, missing);
		const after = await readWebhook(api, id);
		assertEventsShown(after);
		missing = missingEvents(after.events, missing);
		if (missing.length === 0) return after;
		throw new ExpertError({ kind: 'unexpected', doing: 'add the events to the webhook again' });
	} catch (thrown) {
		const error = asExpertError(thrown);
		if (missing.length === 0) throw error;
		throw error.with({ detail: `The webhook may lack events now: ${missing.join(', ')}.` });
	}
}

/** The whole webhook: entries of the list may be shortened. One that is gone counts as 404. */
async function readWebhook(api: ApiClient, id: string): Promise<Webhook> {
	const found = await getWebhook(api, id);
	if (found !== undefined) return found;
	throw new ExpertError({ kind: 'http-status', status: 404, messages: { 404: NO_WEBHOOK } });
}

async function addEvents(api: ApiClient, id: string, events: string[]): Promise<void> {
	await inRounds(events, async (event) => await addEvent(api, id, event));
}

/**
 * Rounds of calls for a list of events, at most. A few are added one by one; all 27 that way would take
 * too long on a slow line, so several are added side by side.
 */
const MAX_ROUNDS = 3;

/** One that fails ends it, once the others of its round are through. */
export async function inRounds(
	names: string[],
	work: (name: string) => Promise<void>,
): Promise<void> {
	const perRound = Math.ceil(names.length / MAX_ROUNDS);
	for (let start = 0; start < names.length; start += perRound) {
		const done = await Promise.allSettled(names.slice(start, start + perRound).map(work));
		const failed = done.find(({ status }) => status === 'rejected');
		if (failed?.status === 'rejected') throw failed.reason;
	}
}
