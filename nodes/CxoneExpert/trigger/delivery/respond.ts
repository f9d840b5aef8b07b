import { type INodeExecutionData, type IWebhookFunctions, sleep } from 'n8n-workflow';

import type { DeliveryContext } from './context';
import { atDeadline } from './deadline';
import type { Claim } from './dedup/claim';
import { logLate, logMaybeSaved } from './log';
import { credentialSince } from './n8n/credential-cache';
import { onExecutionPersisted, showsWriting } from './n8n/execution-persisted';
import { reportOnce } from './n8n/report-once';
import type { DeliveryResponse } from './n8n/response';

/** n8n gets this long to commit what it has written, before its silence means anything. */
const MIN_COMMIT_WAIT_MS = 250;

/** What decides on the response of a delivery that n8n was given: whichever comes first. */
type Outcome = 'n8n saved it' | 'n8n failed' | 'deadline';

/**
 * Gives Expert n8n's own verdict, or at the deadline the best that is known.
 *
 * At the deadline n8n may be busy: then 503 is right, and the retry finds the work done. Or n8n waits
 * for a free place under a concurrency limit, maybe for minutes: it has written the execution and runs
 * it, so 503 would protect nothing and have the webhook disabled.
 */
export function deferToN8n(
	item: INodeExecutionData,
	claim: Claim,
	{ n8n, deadline }: Pick<DeliveryContext, 'n8n' | 'deadline'>,
	response: DeliveryResponse,
): void {
	if (response.isSent) claim.toldToRetry();
	const isPresumable = watchWriting(item, claim, n8n);
	const settle = (outcome: Outcome) => respond(outcome, claim, isPresumable, n8n, response);
	const cancelDeadline = atDeadline(deadline, () => {
		if (!response.isSent) settle('deadline');
	});
	response.interceptN8n((status) => {
		cancelDeadline();
		settle(status < 400 ? 'n8n saved it' : 'n8n failed');
	});
}

/** The policy: which response is right, and what becomes of the claim. */
function respond(
	outcome: Outcome,
	claim: Claim,
	isPresumable: () => boolean,
	n8n: IWebhookFunctions,
	response: DeliveryResponse,
): void {
	switch (outcome) {
		case 'n8n saved it':
			if (claim.confirm()) reportOnce(n8n, 'webhook response');
			if (!showsWriting()) reportOnce(n8n, 'shows writing');
			claim.recorded();
			return response.send(200);
		case 'n8n failed':
			if (!response.isSent) claim.toldToRetry();
			if (!showsWriting()) claim.writing();
			if (claim.fail()) logMaybeSaved(n8n);
			return response.send(503, 'not saved');
		case 'deadline':
			if (isPresumable() && claim.presumePersisted()) return response.send(200);
			claim.toldToRetry();
			return tellToRetry(n8n, response);
	}
}

/** 503: Expert sends the delivery again. Does nothing when the response has gone out. */
export function tellToRetry(n8n: IWebhookFunctions, response: DeliveryResponse): void {
	if (response.isSent) return;
	response.send(503, 'late');
	logLate(n8n);
}

/**
 * Notes when n8n has written the execution.
 *
 * @returns whether it can be presumed saved: n8n has had its time to commit it, and its database has
 *   answered since then. A database that hangs or is gone does not.
 */
function watchWriting(
	item: INodeExecutionData,
	claim: Claim,
	n8n: IWebhookFunctions,
): () => boolean {
	let isPresumable = false;
	const awaitCommit = async (writtenAt: number) => {
		await sleep(MIN_COMMIT_WAIT_MS);
		if (!claim.isAwaitingConfirmation) return;
		// Reading a credential is a question to the database. Deliveries that wait share it.
		await credentialSince(writtenAt, n8n);
		isPresumable = true;
	};
	onExecutionPersisted(item, () => {
		claim.writing();
		awaitCommit(performance.now()).catch(() => {});
	});
	return () => isPresumable;
}
