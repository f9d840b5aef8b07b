import type { ApiClient } from '../api/client';
import { ExpertError } from '../api/expert-error';
import {
	createWebhook,
	deleteWebhook,
	getWebhook,
	listWebhooks,
	removeEvent,
	type Webhook,
} from '../api/webhooks';
import { canonicalEventName, missingEvents } from './events';
import { addEvents, inRounds, readWebhook, updateKeepingEvents } from './update-webhook';
import { isSameUrl } from './webhook-url';

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
 * Makes the webhook at the site what it should be: repairs what is there, else registers it.
 *
 * It may leave a half-made webhook behind when it throws; {@link removeWebhooks} cleans up.
 */
export async function makeAsDesired(api: ApiClient, desired: DesiredWebhook): Promise<SyncResult> {
	const [existing, ...others] = await findWebhooks(api, desired.url);
	if (existing === undefined) return await register(api, desired);
	await keepOne(api, desired, existing, others);
	const wasDisabled = existing.active ? {} : { wasDisabled: existing };
	return { id: existing.id, created: false, ...wasDisabled };
}

/**
 * Removes every webhook with our URL. Nothing there is a success.
 *
 * @returns ids of what was removed
 */
export async function removeWebhooks(api: ApiClient, url: string): Promise<string[]> {
	return await removeAll(api, url, await findWebhooks(api, url));
}

/** Registers and looks for what was registered: the response may name no id, the list may be late. */
async function register(api: ApiClient, desired: DesiredWebhook): Promise<SyncResult> {
	const { url, authorization } = desired;
	const isAbsent = async () =>
		await findWebhooks(api, url).then(
			({ length }) => length === 0,
			() => false,
		);
	const id = await createWebhook(api, url, authorization, isAbsent);
	const [webhook, ...others] = await findWebhooks(api, url, id);
	if (webhook === undefined) {
		throw new ExpertError({
			kind: 'unexpected',
			doing: 'register the webhook',
			detail: 'The webhook is not there although it was registered.',
		});
	}
	await keepOne(api, desired, webhook, others);
	return { id: webhook.id, created: true };
}

/** Makes one what it should be and removes the others. */
async function keepOne(
	api: ApiClient,
	desired: DesiredWebhook,
	kept: Webhook,
	others: Webhook[],
): Promise<void> {
	await removeAll(api, desired.url, others);
	const webhook = await readWebhook(api, kept.id);
	if (isUpToDate(differences(webhook, desired))) return;
	await change(api, webhook, desired);
	await verify(api, kept.id, desired);
}

async function change(api: ApiClient, webhook: Webhook, desired: DesiredWebhook): Promise<void> {
	const { id } = webhook;
	const updated = differences(webhook, desired).settings
		? await updateKeepingEvents(api, id, { ...desired, active: true })
		: webhook;
	const { add, remove } = differences(updated, desired);
	await addEvents(api, id, add);
	await inRounds(remove, async (event) => await removeEvent(api, id, event));
}

/** A site can respond 200 and do nothing: only what it reports then counts. */
async function verify(api: ApiClient, id: string, desired: DesiredWebhook): Promise<void> {
	const webhook = await readWebhook(api, id);
	const left = differences(webhook, desired);
	if (isUpToDate(left)) return;
	const detail = `Not registered: ${left.add.join(', ')}.`;
	throw new ExpertError({
		kind: 'unexpected',
		doing: webhook.active ? 'set up the webhook' : 'enable the webhook',
		...(left.add.length > 0 ? { detail } : {}),
	});
}

/** A site can respond 200 or "not found" and keep the webhook: only what it shows then counts. */
async function removeAll(api: ApiClient, url: string, webhooks: Webhook[]): Promise<string[]> {
	const ids = webhooks.map((webhook) => webhook.id);
	for (const each of ids) await deleteWebhook(api, each);
	if (ids.length === 0) return ids;
	const found = await findWebhooks(api, url);
	if (!found.some((webhook) => ids.includes(webhook.id))) return ids;
	throw new ExpertError({
		kind: 'unexpected',
		doing: 'remove the webhook',
		detail: 'The webhook is still there although it was removed.',
	});
}
