import type { ApiClient } from '../../api/client';
import type { ApiFailure } from '../../api/failure';
import { type Failed, failed, type Result, success } from '../../api/result';
import {
	createWebhook,
	deleteWebhook,
	getWebhook,
	listWebhooks,
	mayHaveBeenDone,
	removeEvent,
	type Webhook,
} from '../../api/webhooks';
import { addEvents, inRounds, readWebhook, updateKeepingEvents } from '../../shared/update-webhook';
import { isSameUrl } from '../../shared/webhook-url';
import type { DesiredWebhook } from './desired';
import { differences, isUpToDate } from './diff';

/** What was done at the site. */
export interface SyncResult {
	id: string;
	created: boolean;
	/** The webhook as it was found, when it was disabled. */
	wasDisabled?: Webhook;
}

/** What a publish that did not succeed may have left at the site, for {@link unsubscribe}. */
export interface Remains {
	/** What the response to the registration named, if it came: the list may not show it. */
	id?: string;
	/** A webhook may come to light later, or stand there under an address that is not known again. */
	isUncertain: boolean;
}

export interface FailedSync extends Failed {
	remains?: Remains;
}

export type SyncOutcome = { ok: true; value: SyncResult } | FailedSync;

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
 * It may leave a half-made webhook behind when it does not succeed; {@link unsubscribe} cleans up.
 */
export async function subscribe(api: ApiClient, desired: DesiredWebhook): Promise<SyncOutcome> {
	const found = await findWebhooks(api, desired.url);
	if (!found.ok) return found;
	const [existing, ...others] = found.value;
	if (existing === undefined) return await register(api, desired);
	const kept = await keepOne(api, desired, existing, others);
	if (!kept.ok) return kept;
	return success({ id: existing.id, created: false, ...disabledState(existing) });
}

/** Removes every webhook with our URL. Nothing there is a success. */
export async function unsubscribe(
	api: ApiClient,
	url: string,
	id?: string,
): Promise<Result<string[]>> {
	const found = await findWebhooks(api, url, id);
	if (!found.ok) return found;
	return await removeAll(api, url, found.value, id);
}

/** Registers and looks for what was registered: the response may name no id, the list may be late. */
async function register(api: ApiClient, desired: DesiredWebhook): Promise<SyncOutcome> {
	const { url, authorization } = desired;
	const isAbsent = async () => {
		const found = await findWebhooks(api, url);
		return found.ok && found.value.length === 0;
	};
	const created = await createWebhook(api, url, authorization, isAbsent);
	if (!created.ok) {
		return { ...created, remains: { isUncertain: mayHaveBeenDone(created.failure) } };
	}
	const named = created.value === undefined ? {} : { id: created.value };
	const found = await findWebhooks(api, url, named.id);
	if (!found.ok) return { ...found, remains: { ...named, isUncertain: true } };
	const [webhook, ...others] = found.value;
	if (webhook === undefined) return { ...failed(NOT_THERE), remains: { isUncertain: true } };
	const { id } = webhook;
	const kept = await keepOne(api, desired, webhook, others);
	if (!kept.ok) return { ...kept, remains: { id, isUncertain: false } };
	return success({ id, created: true });
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
	return await reconcile(api, webhook.value, desired);
}

/** Repairs what differs. A site can respond 200 and do nothing: only what it reports then counts. */
async function reconcile(
	api: ApiClient,
	webhook: Webhook,
	desired: DesiredWebhook,
): Promise<Result<Webhook>> {
	if (isUpToDate(differences(webhook, desired))) return success(webhook);
	const repaired = await repair(api, webhook, desired);
	return repaired.ok ? await verify(api, webhook.id, desired) : repaired;
}

async function repair(
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
	id?: string,
): Promise<Result<string[]>> {
	const ids = webhooks.map((webhook) => webhook.id);
	for (const each of ids) {
		const removed = await deleteWebhook(api, each);
		if (!removed.ok) return removed;
	}
	if (ids.length === 0) return success(ids);
	const found = await findWebhooks(api, url, id);
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
