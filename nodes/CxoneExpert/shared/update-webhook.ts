import type { ApiClient } from '../api/client';
import type { ApiFailure } from '../api/failure';
import { failed, type Result, success } from '../api/result';
import {
	addEvent,
	getWebhook,
	mayHaveBeenDone,
	updateWebhook,
	type Webhook,
	type WebhookSettings,
} from '../api/webhooks';
import { canonicalEventName, missingEvents } from './events';

/**
 * Rounds of calls for a list of events, at most. A few are added one by one; all 27 that way would take
 * too long on a slow line, so several are added side by side.
 */
const MAX_ROUNDS = 3;

/**
 * Sets URL, authorization header and active of a webhook, and sees to it that it has these events.
 *
 * A sample of the vendor shows a webhook without its events after an update
 * (docs/vendor-facts.md#updating-a-webhook), and nothing says what that means. So the webhook is
 * read again and what is missing is added: also when the response to the update was lost, because
 * the work may have been done.
 *
 * @param wanted `events` in any spelling: those that it had, or those that it is to have
 *
 * @returns the webhook as the site reports it afterwards; a failure of the update itself has the
 * task `update-webhook`
 */
export async function updateKeepingEvents(
	api: ApiClient,
	id: string,
	wanted: WebhookSettings & Pick<Webhook, 'events'>,
): Promise<Result<Webhook>> {
	const updated = await updateWebhook(api, id, wanted);
	if (!updated.ok && !mayHaveBeenDone(updated.failure)) return updated;
	const kept = await withEvents(api, id, wanted.events);
	if (updated.ok) return kept;
	return failed(kept.ok ? updated.failure : withDetail(updated.failure, kept.failure.detail));
}

/** The webhook with these events: those that are missing are added. A failure names them. */
async function withEvents(api: ApiClient, id: string, events: string[]): Promise<Result<Webhook>> {
	const found = await readWebhook(api, id);
	if (!found.ok) return failed(mayLack(found.failure, events));
	const missing = missingEvents(found.value.events, events).map(canonicalEventName);
	if (missing.length === 0) return found;
	const added = await addEvents(api, id, missing);
	if (!added.ok) return failed(mayLack(added.failure, missing));
	const after = await readWebhook(api, id);
	if (!after.ok) return failed(mayLack(after.failure, missing));
	const left = missingEvents(after.value.events, missing);
	return left.length === 0 ? after : failed(mayLack(NOT_ADDED, left));
}

const NOT_ADDED: ApiFailure = { kind: 'unexpected', task: 'restore-events' };

function mayLack(failure: ApiFailure, events: string[]): ApiFailure {
	if (events.length === 0) return failure;
	return withDetail(failure, `The webhook may lack events now: ${events.join(', ')}.`);
}

function withDetail(failure: ApiFailure, added: string | undefined): ApiFailure {
	const detail = [failure.detail, added].filter(Boolean).join(' ');
	return { ...failure, ...(detail === '' ? {} : { detail }) };
}

/** The whole webhook: entries of the list may be shortened. One that is gone counts as 404. */
export async function readWebhook(api: ApiClient, id: string): Promise<Result<Webhook>> {
	const found = await getWebhook(api, id);
	if (!found.ok) return found;
	if (found.value !== undefined) return success(found.value);
	return failed({ kind: 'http-status', status: 404, task: 'read-webhook' });
}

/** @param events in path form */
export async function addEvents(
	api: ApiClient,
	id: string,
	events: string[],
): Promise<Result<undefined>> {
	return await inRounds(events, async (event) => await addEvent(api, id, event));
}

/** Runs the calls round by round; stops at the first round with a failure. */
export async function inRounds(
	names: string[],
	work: (name: string) => Promise<Result<undefined>>,
): Promise<Result<undefined>> {
	const perRound = Math.ceil(names.length / MAX_ROUNDS);
	for (let start = 0; start < names.length; start += perRound) {
		const results = await Promise.all(names.slice(start, start + perRound).map(work));
		const failure = results.find((result) => !result.ok);
		if (failure !== undefined) return failure;
	}
	return success(undefined);
}
