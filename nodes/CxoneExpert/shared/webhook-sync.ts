import type { ApiClient } from '../api/client';
import type { ApiFailure } from '../api/failure';
import { failed, type Result, success } from '../api/result';
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
export async function findWebhooks(
	api: ApiClient,
	url: string,
	id?: string,
): Promise<Result<Webhook[]>> {
	const isOurs = (webhook: Webhook) => isSameUrl(webhook.url, url);
	const listed = await listWebhooks(api, { matches: isOurs });
	if (!listed.ok || id === undefined) return listed;
	if (listed.value.some((webhook) => webhook.id === id)) return listed;
	const named = await getWebhook(api, id);
	if (!named.ok) return named;
	const alsoOurs = named.value === undefined ? [] : [named.value].filter(isOurs);
	return success([...listed.value, ...alsoOurs]);
}

/**
 * Makes the webhook at the site what it should be: repairs what is there, else registers it.
 *
 * It may leave a half-made webhook behind when it does not succeed; {@link removeWebhooks} cleans up.
 */
export async function makeAsDesired(
	api: ApiClient,
	desired: DesiredWebhook,
): Promise<Result<SyncResult>> {
	const found = await findWebhooks(api, desired.url);
	if (!found.ok) return found;
	const [existing, ...others] = found.value;
	if (existing === undefined) return await register(api, desired);
	const kept = await keepOne(api, desired, existing, others);
	if (!kept.ok) return kept;
	return success({ id: existing.id, created: false, ...disabledState(existing) });
}

/**
 * Removes every webhook with our URL. Nothing there is a success.
 *
 * @returns ids of what was removed
 */
export async function removeWebhooks(api: ApiClient, url: string): Promise<Result<string[]>> {
	const found = await findWebhooks(api, url);
	return found.ok ? await removeAll(api, url, found.value) : found;
}

/** Registers and looks for what was registered: the response may name no id, the list may be late. */
async function register(api: ApiClient, desired: DesiredWebhook): Promise<Result<SyncResult>> {
	const { url, authorization } = desired;
	const isAbsent = async () => {
		const found = await findWebhooks(api, url);
		return found.ok && found.value.length === 0;
	};
	const created = await createWebhook(api, url, authorization, isAbsent);
	if (!created.ok) return created;
	const found = await findWebhooks(api, url, created.value);
	if (!found.ok) return found;
	const [webhook, ...others] = found.value;
	if (webhook === undefined) return failed(NOT_THERE);
	const kept = await keepOne(api, desired, webhook, others);
	return kept.ok ? success({ id: webhook.id, created: true }) : kept;
}

/** Makes one what it should be and removes the others. */
async function keepOne(
	api: ApiClient,
	desired: DesiredWebhook,
	kept: Webhook,
	others: Webhook[],
): Promise<Result<Webhook>> {
	const surplus = await removeAll(api, desired.url, others);
	if (!surplus.ok) return surplus;
	const webhook = await readWebhook(api, kept.id);
	if (!webhook.ok) return webhook;
	return await repairWebhook(api, webhook.value, desired);
}

/**
 * Repairs what differs of a webhook that is there. A site can respond 200 and do nothing: only what it reports
 * then counts.
 */
async function repairWebhook(
	api: ApiClient,
	webhook: Webhook,
	desired: DesiredWebhook,
): Promise<Result<Webhook>> {
	if (isUpToDate(differences(webhook, desired))) return success(webhook);
	const repaired = await change(api, webhook, desired);
	return repaired.ok ? await verify(api, webhook.id, desired) : repaired;
}

async function change(
	api: ApiClient,
	webhook: Webhook,
	desired: DesiredWebhook,
): Promise<Result<unknown>> {
	const { id } = webhook;
	const updated = differences(webhook, desired).settings
		? await updateKeepingEvents(api, id, { ...desired, active: true })
		: success(webhook);
	if (!updated.ok) return updated;
	const { add, remove } = differences(updated.value, desired);
	const added = await addEvents(api, id, add);
	if (!added.ok) return added;
	return await inRounds(remove, async (event) => await removeEvent(api, id, event));
}

async function verify(
	api: ApiClient,
	id: string,
	desired: DesiredWebhook,
): Promise<Result<Webhook>> {
	const webhook = await readWebhook(api, id);
	if (!webhook.ok) return webhook;
	const left = differences(webhook.value, desired);
	if (isUpToDate(left)) return webhook;
	const task = webhook.value.active ? 'set-up-webhook' : 'enable-webhook';
	const detail = `Not registered: ${left.add.join(', ')}.`;
	return failed({ kind: 'unexpected', task, ...(left.add.length > 0 ? { detail } : {}) });
}

/** A site can respond 200 or "not found" and keep the webhook: only what it shows then counts. */
async function removeAll(
	api: ApiClient,
	url: string,
	webhooks: Webhook[],
): Promise<Result<string[]>> {
	const ids = webhooks.map((webhook) => webhook.id);
	for (const each of ids) {
		const removed = await deleteWebhook(api, each);
		if (!removed.ok) return removed;
	}
	if (ids.length === 0) return success(ids);
	const found = await findWebhooks(api, url);
	if (!found.ok) return found;
	const isLeft = found.value.some((webhook) => ids.includes(webhook.id));
	return isLeft ? failed(STILL_THERE) : success(ids);
}

function disabledState(webhook: Webhook): Pick<SyncResult, 'wasDisabled'> {
	return webhook.active ? {} : { wasDisabled: webhook };
}

const NOT_THERE: ApiFailure = {
	kind: 'unexpected',
	task: 'register-webhook',
	detail: 'The webhook is not there although it was registered.',
};
const STILL_THERE: ApiFailure = {
	kind: 'unexpected',
	task: 'remove-webhook',
	detail: 'The webhook is still there although it was removed.',
};
