import type { StatusMessages } from './failure-messages';
import type { ApiResult, ApiClient } from '../api/client';
import {
	addEvent,
	type Failure,
	getWebhook,
	mayHaveBeenDone,
	type Outcome,
	updateWebhook,
	type Webhook,
	type WebhookSettings,
} from '../api/webhooks';
import { canonicalEventName } from './events';
import { missingEvents } from '../trigger/subscription/diff';

/**
 * Most rounds of calls for a list of events. A few are added one by one; all 27 that way would take
 * too long on a slow line, so several are added side by side.
 */
const MAX_ROUNDS = 3;

/**
 * Sets URL, authorization header and active of a webhook, and sees to it that it has these events.
 *
 * A sample of the vendor shows a webhook without its events after an update, and nothing says what
 * that means. So the webhook is read again and what is missing is added: also when the answer to the
 * update was lost, because the work may have been done.
 *
 * @param wanted `events` in any spelling: those that it had, or those that it is to have
 * @param messages what a status means for the update
 * @returns the webhook as the site reports it afterwards
 */
export async function updateKeepingEvents(
	api: ApiClient,
	id: string,
	wanted: WebhookSettings & Pick<Webhook, 'events'>,
	messages: StatusMessages = {},
): Promise<Outcome<Webhook>> {
	const updated = await updateWebhook(api, id, wanted, messages);
	if (!updated.ok && !mayHaveBeenDone(updated)) return updated;
	const kept = await withEvents(api, id, wanted.events);
	if (updated.ok) return kept;
	return kept.ok ? updated : withDetail(updated, kept.failure.detail);
}

/** The webhook with these events: those that are missing are added. A failure names them. */
async function withEvents(api: ApiClient, id: string, events: string[]): Promise<Outcome<Webhook>> {
	const found = await readWebhook(api, id);
	if (!found.ok) return mayLack(found, events);
	const missing = missingEvents(found.value.events, events).map(canonicalEventName);
	if (missing.length === 0) return found;
	const added = await addEvents(api, id, missing);
	if (!added.ok) return mayLack(added, missing);
	const after = await readWebhook(api, id);
	if (!after.ok) return mayLack(after, missing);
	const left = missingEvents(after.value.events, missing);
	return left.length === 0 ? after : mayLack(NOT_ADDED, left);
}

const NOT_ADDED: Failure = {
	ok: false,
	failure: { kind: 'unexpected' },
	doing: 'add the events to the webhook again',
};

function mayLack(failed: Failure, events: string[]): Failure {
	if (events.length === 0) return failed;
	return withDetail(failed, `The webhook may lack events now: ${events.join(', ')}.`);
}

function withDetail(failed: Failure, added: string | undefined): Failure {
	const detail = [failed.failure.detail, added].filter(Boolean).join(' ');
	return { ...failed, failure: { ...failed.failure, ...(detail === '' ? {} : { detail }) } };
}

/** The whole webhook: entries of the list may be shortened. One that is gone counts as refused. */
export async function readWebhook(api: ApiClient, id: string): Promise<Outcome<Webhook>> {
	const found = await getWebhook(api, id);
	if (!found.ok) return found;
	if (found.value !== undefined) return { ok: true, value: found.value };
	return { ok: false, failure: { kind: 'refused', status: 404 }, doing: 'read the webhook' };
}

/** @param events in path form */
export async function addEvents(api: ApiClient, id: string, events: string[]): Promise<ApiResult> {
	return await inRounds(events, async (event) => await addEvent(api, id, event));
}

/** Runs the calls round by round; stops at the first round with a failure. */
export async function inRounds(
	names: string[],
	work: (name: string) => Promise<ApiResult>,
): Promise<ApiResult> {
	const perRound = Math.ceil(names.length / MAX_ROUNDS);
	for (let start = 0; start < names.length; start += perRound) {
		const results = await Promise.all(names.slice(start, start + perRound).map(work));
		const failed = results.find((result) => !result.ok);
		if (failed !== undefined) return failed;
	}
	return { ok: true, status: 200 };
}
