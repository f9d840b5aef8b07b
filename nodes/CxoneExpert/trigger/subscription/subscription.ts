import type { ApiFailure } from '../../transport/advice';
import type { ApiResult, ExpertApi } from '../../transport/request';
import {
	addEvent,
	createWebhook,
	deleteWebhook,
	getWebhook,
	listWebhooks,
	type Outcome,
	removeEvent,
	updateWebhook,
	type Webhook,
} from '../../transport/webhooks';
import type { DesiredWebhook } from './desired';
import { type Differences, differences, isInOrder, isSameUrl } from './differences';

/**
 * Most rounds of calls for a list of events. A few are added one by one; all 27 that way would take
 * too long on a slow line, so several are added side by side.
 */
const MOST_ROUNDS = 3;

/** What was done at the site; `wasDisabled` when the site had switched the webhook off. */
export interface Ensured {
	id: string;
	created: boolean;
	wasDisabled?: { failures: number; reason: string };
}

/**
 * Our webhooks are those with our URL, whatever their id: the URL holds a random part, and a
 * webhook with another URL is never touched. More than one is a left-over of a lost answer.
 */
export async function findWebhooks(api: ExpertApi, url: string): Promise<Outcome<Webhook[]>> {
	const all = await listWebhooks(api);
	if (!all.ok) return all;
	return { ok: true, value: all.value.filter((webhook) => isSameUrl(webhook.url, url)) };
}

/** Whether exactly one webhook of ours is at the site, and all of it is as it should be. */
export async function isSubscribed(
	api: ExpertApi,
	desired: DesiredWebhook,
): Promise<Outcome<boolean>> {
	const found = await findWebhooks(api, desired.url);
	if (!found.ok) return found;
	const [webhook, ...others] = found.value;
	if (webhook === undefined || others.length > 0) return { ok: true, value: false };
	const lacksSecret = desired.needsNamedSecret === true && webhook.secrets === undefined;
	return { ok: true, value: !lacksSecret && isInOrder(differences(webhook, desired)) };
}

/**
 * Makes the webhook at the site what it should be: repairs what is there, else registers it.
 *
 * It may leave a half-made webhook behind when it does not succeed; {@link unsubscribe} cleans up.
 */
export async function subscribe(
	api: ExpertApi,
	desired: DesiredWebhook,
): Promise<Outcome<Ensured>> {
	const found = await findWebhooks(api, desired.url);
	if (!found.ok) return found;
	const [existing, ...others] = found.value;
	const surplus = await removeAll(api, desired.url, others);
	if (!surplus.ok) return surplus;
	const webhook = existing
		? await takeOver(api, existing.id, desired)
		: await register(api, desired);
	if (!webhook.ok) return webhook;
	const settled = await settle(api, webhook.value, desired);
	if (!settled.ok) return settled;
	return {
		ok: true,
		value: { id: webhook.value.id, created: !existing, ...disabledState(existing) },
	};
}

/** Removes every webhook with our URL. Nothing there is a success. */
export async function unsubscribe(api: ExpertApi, url: string): Promise<Outcome<string[]>> {
	const found = await findWebhooks(api, url);
	if (!found.ok) return found;
	return await removeAll(api, url, found.value);
}

async function takeOver(
	api: ExpertApi,
	id: string,
	desired: DesiredWebhook,
): Promise<Outcome<Webhook>> {
	const webhook = await read(api, id);
	return webhook.ok ? await withSecret(api, webhook.value, desired) : webhook;
}

/** Registers and finds what was registered: the answer may name no id, the list may not show it yet. */
async function register(api: ExpertApi, desired: DesiredWebhook): Promise<Outcome<Webhook>> {
	const { url, authorization } = desired;
	const isAbsent = async () => {
		const found = await findWebhooks(api, url);
		return found.ok && found.value.length === 0;
	};
	const created = await createWebhook(api, url, authorization, isAbsent);
	if (!created.ok) return created;
	const found = await findWebhooks(api, url);
	if (!found.ok) return found;
	const [webhook] = found.value;
	const { id, namesSecret } = created.value;
	if (webhook !== undefined) return await withSecret(api, webhook, desired, namesSecret);
	const named = id === undefined ? undefined : await read(api, id);
	if (named?.ok === false) return named;
	// Where the answer names an id is not documented: it may be that of something else.
	if (named === undefined || !isSameUrl(named.value.url, url)) {
		return unexpected('register the webhook', NOT_THERE);
	}
	return await withSecret(api, named.value, desired, namesSecret);
}

/**
 * The webhook, where a signing secret is known. One that the site names only once is of no use:
 * nothing secret is stored.
 *
 * @param wasNamed whether the answer to the registration named one
 */
async function withSecret(
	api: ExpertApi,
	webhook: Webhook,
	{ needsNamedSecret = false }: DesiredWebhook,
	wasNamed = false,
): Promise<Outcome<Webhook>> {
	if (!needsNamedSecret || webhook.secrets !== undefined) return { ok: true, value: webhook };
	// Entries of the list may be shortened.
	const whole = await read(api, webhook.id);
	if (!whole.ok || whole.value.secrets !== undefined) return whole;
	const detail = wasNamed ? { detail: NAMED_ONCE } : {};
	return { ok: false, failure: { kind: 'no secret', ...detail }, doing: 'read the webhook' };
}

/** The whole webhook: entries of the list may be shortened. */
async function read(api: ExpertApi, id: string): Promise<Outcome<Webhook>> {
	const webhook = await getWebhook(api, id);
	if (!webhook.ok) return webhook;
	return webhook.value
		? { ok: true, value: webhook.value }
		: unexpected('read the webhook', NOT_THERE);
}

/** Repairs what differs. A site can answer 200 and do nothing: only what it reports then counts. */
async function settle(
	api: ExpertApi,
	webhook: Webhook,
	desired: DesiredWebhook,
): Promise<Outcome<Webhook>> {
	const found = differences(webhook, desired);
	if (isInOrder(found)) return { ok: true, value: webhook };
	const repaired = await repair(api, webhook, found, desired);
	return repaired.ok ? await verify(api, webhook.id, desired) : repaired;
}

async function repair(
	api: ExpertApi,
	webhook: Webhook,
	{ settings, add, remove }: Differences,
	desired: DesiredWebhook,
): Promise<ApiResult> {
	if (settings) {
		const updated = await updateWebhook(api, webhook.id, { ...desired, active: true });
		if (!updated.ok) return updated;
	}
	const added = await inRounds(add, async (event) => await addEvent(api, webhook.id, event));
	if (!added.ok) return added;
	return await inRounds(remove, async (event) => await removeEvent(api, webhook.id, event));
}

async function verify(
	api: ExpertApi,
	id: string,
	desired: DesiredWebhook,
): Promise<Outcome<Webhook>> {
	const webhook = await read(api, id);
	if (!webhook.ok) return webhook;
	const left = differences(webhook.value, desired);
	if (isInOrder(left)) return webhook;
	const detail = left.add.length > 0 ? `Not registered: ${left.add.join(', ')}.` : undefined;
	const failure: ApiFailure = { kind: 'unexpected', ...(detail === undefined ? {} : { detail }) };
	const doing = webhook.value.active ? 'set up the webhook' : 'switch the webhook on';
	return { ok: false, failure, doing };
}

/** A site can answer 200 or "not found" and keep the webhook: only its list counts. */
async function removeAll(
	api: ExpertApi,
	url: string,
	webhooks: Webhook[],
): Promise<Outcome<string[]>> {
	const ids = webhooks.map(({ id }) => id);
	for (const id of ids) {
		const removed = await deleteWebhook(api, id);
		if (!removed.ok) return removed;
	}
	if (ids.length === 0) return { ok: true, value: ids };
	const found = await findWebhooks(api, url);
	if (!found.ok) return found;
	const isLeft = found.value.some(({ id }) => ids.includes(id));
	return isLeft ? unexpected('remove the webhook', STILL_THERE) : { ok: true, value: ids };
}

/** Runs the calls round by round; stops at the first round with a failure. */
async function inRounds(
	names: string[],
	work: (name: string) => Promise<ApiResult>,
): Promise<ApiResult> {
	const atATime = Math.ceil(names.length / MOST_ROUNDS);
	for (let start = 0; start < names.length; start += atATime) {
		const results = await Promise.all(names.slice(start, start + atATime).map(work));
		const failed = results.find((result) => !result.ok);
		if (failed !== undefined) return failed;
	}
	return { ok: true, status: 200 };
}

function disabledState(webhook: Webhook | undefined): Pick<Ensured, 'wasDisabled'> {
	if (webhook === undefined || webhook.active) return {};
	const { consecutiveFailures, disabledReason } = webhook;
	return { wasDisabled: { failures: consecutiveFailures, reason: disabledReason } };
}

const NAMED_ONCE =
	'The site shows one, but only once, when a webhook is registered: look for it in the Expert Dashboard or ask NiCE.';
const NOT_THERE = 'The webhook is not there although it was registered.';
const STILL_THERE = 'The webhook is still there although it was removed.';

function unexpected(doing: string, detail: string): Extract<ApiResult, { ok: false }> {
	return { ok: false, failure: { kind: 'unexpected', detail }, doing };
}
