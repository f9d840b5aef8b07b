import type { ApiFailure } from '../../shared/failure-messages';
import type { ApiResult, ApiClient } from '../../api/client';
import {
	createWebhook,
	deleteWebhook,
	type Failure,
	getWebhook,
	listWebhooks,
	mayHaveBeenDone,
	type Outcome,
	removeEvent,
	type Webhook,
} from '../../api/webhooks';
import { isSameUrl } from '../../shared/webhook-url';
import type { DesiredWebhook } from './desired';
import { differences, isUpToDate } from './diff';
import { addEvents, inRounds, readWebhook, updateKeepingEvents } from '../../shared/update-webhook';

/** What was done at the site; `wasDisabled` when the site had switched the webhook off. */
export interface SyncResult {
	id: string;
	created: boolean;
	wasDisabled?: { failures: number; reason: string };
}

/** What a publish that did not succeed may have left at the site, for {@link unsubscribe}. */
export interface Remains {
	/** What the answer to the registration named, if it came: the list may not show it. */
	id?: string;
	/** A webhook may come to light later, or stand there under an address that is not known again. */
	isUncertain: boolean;
}

export type SyncOutcome = { ok: true; value: SyncResult } | (Failure & { remains?: Remains });

/**
 * Our webhooks are those with our URL, whatever their id: the URL holds a random part, and a
 * webhook with another URL is never touched. More than one is a left-over of a lost answer.
 *
 * @param id one to look at, too, if the list does not show it. Where the site named it is not
 * documented: it may be that of something else, so it is the URL that counts.
 */
export async function findWebhooks(
	api: ApiClient,
	url: string,
	id?: string,
): Promise<Outcome<Webhook[]>> {
	const isOurs = (webhook: Webhook) => isSameUrl(webhook.url, url);
	const listed = await listWebhooks(api, { matches: isOurs });
	if (!listed.ok || id === undefined) return listed;
	if (listed.value.some((webhook) => webhook.id === id)) return listed;
	const named = await getWebhook(api, id);
	if (!named.ok) return named;
	const alsoOurs = named.value === undefined ? [] : [named.value].filter(isOurs);
	return { ok: true, value: [...listed.value, ...alsoOurs] };
}

/** Whether exactly one webhook of ours is at the site, and all of it is as it should be. */
export async function isSubscribed(
	api: ApiClient,
	desired: DesiredWebhook,
): Promise<Outcome<boolean>> {
	const found = await findWebhooks(api, desired.url);
	if (!found.ok) return found;
	const [webhook, ...others] = found.value;
	if (webhook === undefined || others.length > 0) return { ok: true, value: false };
	const lacksSecret = desired.needsNamedSecret === true && webhook.secrets === undefined;
	return { ok: true, value: !lacksSecret && isUpToDate(differences(webhook, desired)) };
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
	const { id } = existing;
	return { ok: true, value: { id, created: false, ...disabledState(existing) } };
}

/** Removes every webhook with our URL. Nothing there is a success. */
export async function unsubscribe(
	api: ApiClient,
	url: string,
	id?: string,
): Promise<Outcome<string[]>> {
	const found = await findWebhooks(api, url, id);
	if (!found.ok) return found;
	return await removeAll(api, url, found.value, id);
}

/** Registers and looks for what was registered: the answer may name no id, the list may be late. */
async function register(api: ApiClient, desired: DesiredWebhook): Promise<SyncOutcome> {
	const { url, authorization } = desired;
	const isAbsent = async () => {
		const found = await findWebhooks(api, url);
		return found.ok && found.value.length === 0;
	};
	const created = await createWebhook(api, url, authorization, isAbsent);
	if (!created.ok) return { ...created, remains: { isUncertain: mayHaveBeenDone(created) } };
	const { id: namedId, namesSecret } = created.value;
	const named = namedId === undefined ? {} : { id: namedId };
	const found = await findWebhooks(api, url, named.id);
	if (!found.ok) return { ...found, remains: { ...named, isUncertain: true } };
	const [webhook, ...others] = found.value;
	if (webhook === undefined) return { ...NOT_THERE, remains: { isUncertain: true } };
	const { id } = webhook;
	const kept = await keepOne(api, desired, webhook, others, namesSecret);
	if (!kept.ok) return { ...kept, remains: { id, isUncertain: false } };
	return { ok: true, value: { id, created: true } };
}

/**
 * Makes one what it should be and removes the others.
 *
 * @param namesSecret whether the answer to the registration named a signing secret
 */
async function keepOne(
	api: ApiClient,
	desired: DesiredWebhook,
	kept: Webhook,
	others: Webhook[],
	namesSecret = false,
): Promise<Outcome<Webhook>> {
	const surplus = await removeAll(api, desired.url, others);
	if (!surplus.ok) return surplus;
	const webhook = await readWebhook(api, kept.id);
	if (!webhook.ok) return webhook;
	const isSecretMissing = desired.needsNamedSecret === true && webhook.value.secrets === undefined;
	return isSecretMissing ? noSecret(namesSecret) : await reconcile(api, webhook.value, desired);
}

/**
 * Neither the credential has a signing secret nor does the site name one where it shows the webhook.
 *
 * @param wasNamed the answer to the registration named one: of no use, nothing secret is stored
 */
function noSecret(wasNamed: boolean): Failure {
	const detail = wasNamed ? { detail: NAMED_ONCE } : {};
	return { ok: false, failure: { kind: 'no secret', ...detail }, doing: 'read the webhook' };
}

/** Repairs what differs. A site can answer 200 and do nothing: only what it reports then counts. */
async function reconcile(
	api: ApiClient,
	webhook: Webhook,
	desired: DesiredWebhook,
): Promise<Outcome<Webhook>> {
	if (isUpToDate(differences(webhook, desired))) return { ok: true, value: webhook };
	const repaired = await repair(api, webhook, desired);
	return repaired.ok ? await verify(api, webhook.id, desired) : repaired;
}

async function repair(
	api: ApiClient,
	webhook: Webhook,
	desired: DesiredWebhook,
): Promise<ApiResult | Outcome<Webhook>> {
	const { id } = webhook;
	const updated = differences(webhook, desired).settings
		? await updateKeepingEvents(api, id, { ...desired, active: true })
		: { ok: true as const, value: webhook };
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
): Promise<Outcome<Webhook>> {
	const webhook = await readWebhook(api, id);
	if (!webhook.ok) return webhook;
	const left = differences(webhook.value, desired);
	if (isUpToDate(left)) return webhook;
	const detail = left.add.length > 0 ? `Not registered: ${left.add.join(', ')}.` : undefined;
	const failure: ApiFailure = { kind: 'unexpected', ...(detail === undefined ? {} : { detail }) };
	const doing = webhook.value.active ? 'set up the webhook' : 'switch the webhook on';
	return { ok: false, failure, doing };
}

/** A site can answer 200 or "not found" and keep the webhook: only what it shows then counts. */
async function removeAll(
	api: ApiClient,
	url: string,
	webhooks: Webhook[],
	id?: string,
): Promise<Outcome<string[]>> {
	const ids = webhooks.map((webhook) => webhook.id);
	for (const each of ids) {
		const removed = await deleteWebhook(api, each);
		if (!removed.ok) return removed;
	}
	if (ids.length === 0) return { ok: true, value: ids };
	const found = await findWebhooks(api, url, id);
	if (!found.ok) return found;
	const isLeft = found.value.some((webhook) => ids.includes(webhook.id));
	return isLeft ? STILL_THERE : { ok: true, value: ids };
}

function disabledState(webhook: Webhook | undefined): Pick<SyncResult, 'wasDisabled'> {
	if (webhook === undefined || webhook.active) return {};
	const { consecutiveFailures, disabledReason } = webhook;
	return { wasDisabled: { failures: consecutiveFailures, reason: disabledReason } };
}

const NAMED_ONCE =
	'The site shows one, but only once, when a webhook is registered: look for it in the Expert Dashboard or ask NiCE.';
const NOT_THERE = unexpected(
	'register the webhook',
	'The webhook is not there although it was registered.',
);
const STILL_THERE = unexpected(
	'remove the webhook',
	'The webhook is still there although it was removed.',
);

function unexpected(doing: string, detail: string): Failure {
	return { ok: false, failure: { kind: 'unexpected', detail }, doing };
}
