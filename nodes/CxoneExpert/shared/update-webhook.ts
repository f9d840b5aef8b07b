import type { ApiClient } from '../api/client';
import { asExpertError, errorOf, ExpertError, type StatusMessages } from '../api/expert-error';
import {
	addEvent,
	getWebhook,
	NO_WEBHOOK,
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
async function withEvents(api: ApiClient, id: string, events: string[]): Promise<Webhook> {
	let missing = events;
	try {
		const found = await readWebhook(api, id);
		missing = missingEvents(found.events, events).map(canonicalEventName);
		if (missing.length === 0) return found;
		await addEvents(api, id, missing);
		const after = await readWebhook(api, id);
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
export async function readWebhook(api: ApiClient, id: string): Promise<Webhook> {
	const found = await getWebhook(api, id);
	if (found !== undefined) return found;
	throw new ExpertError({ kind: 'http-status', status: 404, messages: { 404: NO_WEBHOOK } });
}

/** @param events in path form */
export async function addEvents(api: ApiClient, id: string, events: string[]): Promise<void> {
	await inRounds(events, async (event) => await addEvent(api, id, event));
}

/** Runs the calls round by round. One that fails ends it, once the others of its round are through. */
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
