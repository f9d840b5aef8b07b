import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { atDeadline } from '../../api/deadline';
import { PRESUMPTION_MS, RESPONSE_DEADLINE_MS } from './deadline';
import { logLate, logMaybeSaved, logNotSaved } from './log';
import { credentialSince } from '../../n8n/credential-cache';
import { onExecutionPersisted, showsWriting } from '../../n8n/execution-persisted';
import { reportOnce } from '../../n8n/report-once';
import { itemsToSave } from '../../n8n/webhook-response';
import { expectMissing } from '../watch/delivered';
import { storeKnowledge } from '../watch/stored';
import type { DeliveryResponse } from '../../n8n/response';
import type { DeliveryFigures } from '../../shared/delivery-figures';
import type { Claim } from '../ledger/claim';

/** A delivery whose items n8n is to save: what its response and its claim depend on. */
export interface PendingDelivery {
	items: INodeExecutionData[];
	claim: Claim;
	figures: DeliveryFigures;
	response: DeliveryResponse;
	n8n: IWebhookFunctions;
	/** When the request arrived, in ms of the monotonic clock. */
	arrivedAt: number;
}

/** Those that start one execution, in order of arrival: there is always a first. */
export type Batch = readonly [PendingDelivery, ...PendingDelivery[]];

/** n8n gets this long to commit what it has written, before its silence means anything. */
const MIN_COMMIT_WAIT_MS = 250;

/**
 * How long after a request its copy of static data may be saved. n8n saves all of it as it was when the request
 * came, over what others have stored since. Under a concurrency limit that can be minutes ago: then the next
 * delivery stores what is known.
 */
const MAX_COPY_AGE_MS = 5_000;

/** What decides on the response of a delivery that n8n was given: whichever comes first. */
export type Outcome = 'n8n saved it' | 'n8n failed' | 'presumably saved' | 'deadline';

/**
 * Gives n8n the items of a batch for one execution, and each sender n8n's own verdict, or at the
 * deadline the best that is known.
 *
 * At the deadline n8n may be busy: then 503 is right, and the retry finds the work done. Or n8n waits
 * for a free place under a concurrency limit, maybe for minutes: it has written the execution and runs
 * it, so 503 would protect nothing and have the webhook disabled.
 *
 * @param batch the request of the first delivery returns the result to n8n, those of the others return
 *   nothing to run
 * @param onDecided called when n8n has saved the execution, presumably has, or has failed; also again
 */
export function deferToN8n(
	batch: Batch,
	onDecided: (outcome: Outcome) => void = () => {},
): IWebhookResponseData {
	const items = batch.flatMap((delivery) => delivery.items);
	const cancels = batch.map(respondAtDeadline);
	onExecutionPersisted(items[0]!, () => {
		for (const { claim } of batch) claim.writing();
		cancels.push(
			whenCommitted(batch[0].n8n, () => {
				for (const each of batch) presumeSaved(each);
				onDecided('presumably saved');
			}),
		);
	});
	batch[0].response.interceptN8n((status) => {
		for (const cancel of cancels) cancel();
		onDecided(conclude(status, batch));
	});
	return itemsToSave(items, () => void confirm(batch));
}

/** n8n has responded: everybody gets that. */
function conclude(status: number, batch: Batch): Outcome {
	const isSaved = status < 400;
	if (isSaved && confirm(batch)) reportOnce(batch[0].n8n, 'webhook response');
	const outcome = isSaved ? 'n8n saved it' : 'n8n failed';
	for (const each of batch) respond(outcome, each);
	return outcome;
}

/**
 * n8n has saved the execution. One record for all: it holds what every claim of this process knows.
 *
 * @returns whether that is news
 */
function confirm(batch: Batch): boolean {
	const news = batch.filter(({ claim }) => claim.confirm());
	for (const { figures } of news) figures.count('accepted');
	const [{ arrivedAt, n8n }] = batch;
	if (news.length > 0 && performance.now() - arrivedAt < MAX_COPY_AGE_MS) storeKnowledge(n8n);
	return news.length > 0;
}

/** The policy: which response is right, and what becomes of the claim. */
function respond(outcome: Outcome, { claim, response, n8n }: PendingDelivery): void {
	switch (outcome) {
		case 'n8n saved it':
			if (!showsWriting()) reportOnce(n8n, 'shows writing');
			claim.recorded();
			return response.send(200);
		case 'n8n failed':
			if (!response.isSent) claim.toldToRetry();
			if (!showsWriting()) claim.writing();
			if (claim.fail()) logMaybeSaved(n8n);
			else if (!response.isSent) logNotSaved(n8n);
			expectMissing(n8n);
			return response.send(503, 'not saved');
		case 'presumably saved':
			if (claim.presumePersisted()) response.send(200);
			return;
		case 'deadline':
			if (!response.isSent) claim.toldToRetry();
			return tellToRetry(n8n, response);
	}
}

/** @returns cancels it */
function respondAtDeadline(delivery: PendingDelivery): () => void {
	const { arrivedAt, claim, response } = delivery;
	if (response.status === 503) claim.toldToRetry();
	return atDeadline(arrivedAt + RESPONSE_DEADLINE_MS, () => respond('deadline', delivery));
}

/** 503: Expert sends the delivery again. Does nothing when the response has gone out. */
export function tellToRetry(n8n: IWebhookFunctions, response: DeliveryResponse): void {
	if (response.isSent) return;
	response.send(503, 'late');
	logLate(n8n);
	expectMissing(n8n);
}

/**
 * Calls back when an execution that n8n has just written is presumably saved: n8n has had its time to
 * commit it, and its database has responded since then. A database that hangs or is gone does not.
 *
 * @returns cancels it
 */
function whenCommitted(n8n: IWebhookFunctions, call: () => void): () => void {
	const writtenAt = performance.now();
	return atDeadline(writtenAt + MIN_COMMIT_WAIT_MS, () => {
		// Reading a credential asks the database. Deliveries that wait share the reading.
		credentialSince(writtenAt, n8n).then(call, () => {});
	});
}

/** Tells Expert 200 when time runs short, unless n8n has said by then what became of the delivery. */
function presumeSaved(delivery: PendingDelivery): void {
	atDeadline(delivery.arrivedAt + PRESUMPTION_MS, () => respond('presumably saved', delivery));
}
