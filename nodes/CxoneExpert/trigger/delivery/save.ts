import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { atDeadline } from '../../api/deadline';
import { credentialSince } from '../../n8n/credential-cache';
import { onExecutionPersisted, showsWriting } from '../../n8n/execution-persisted';
import { reportOnce } from '../../n8n/report-once';
import { itemsToSave } from '../../n8n/webhook-response';
import type { Claim } from '../ledger/claim';
import { storeKnowledge } from '../node/stored';
import type { DeliveryContext } from './context';
import { shownId, warnOf } from './response';

/** A delivery whose items n8n is to save: what its response and its claim depend on. */
export interface PendingDelivery {
	items: INodeExecutionData[];
	claim: Claim;
	context: DeliveryContext;
}

/** Those that start one execution, in order of arrival: there is always a first. */
export type Batch = readonly [PendingDelivery, ...PendingDelivery[]];

/** n8n gets this long to commit what it has written, before its silence means anything. */
const MIN_COMMIT_WAIT_MS = 250;

/**
 * Time from which what n8n has written counts as saved, unless n8n has said otherwise by then. Earlier
 * than the deadline: this response is worth something only if it comes in time.
 */
export const PRESUMPTION_MS = 700;

/**
 * How long after a request its copy of static data may be saved. n8n saves all of it as it was when the request
 * came, over what others have stored since. Under a concurrency limit that can be minutes ago: then the next
 * delivery that need not wait stores what is known.
 */
const MAX_COPY_AGE_MS = 5_000;

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
 * @param isRecordDue whether the record is to be written now that n8n has saved the execution; a copy of static data
 *   that is not recent must not be
 */
export function saveByN8n(
	batch: Batch,
	onDecided: (isConfirmed: boolean) => void,
	isRecordDue: (isRecent: boolean) => boolean,
): IWebhookResponseData {
	const items = batch.flatMap((delivery) => delivery.items);
	const { n8n, response } = batch[0].context;
	let stopPresuming = () => {};
	onExecutionPersisted(items[0]!, () => {
		for (const { claim } of batch) claim.writing();
		stopPresuming = whenCommitted(n8n, () => {
			batch.forEach(presumeSaved);
			onDecided(false);
		});
	});
	response.interceptN8n((status) => {
		stopPresuming();
		const isSaved = status < 400;
		if (isSaved && confirm(batch, isRecordDue)) reportOnce(n8n, 'webhook response');
		if (isSaved && !showsWriting()) reportOnce(n8n, 'shows writing');
		batch.forEach(isSaved ? saved : failed);
		onDecided(isSaved);
	});
	return itemsToSave(items, () => void confirm(batch, isRecordDue));
}

/**
 * n8n has saved the execution. One record for all: it holds what every claim of this process knows.
 *
 * @returns whether that is news
 */
function confirm(batch: Batch, isRecordDue: (isRecent: boolean) => boolean): boolean {
	const news = batch.filter(({ claim }) => claim.confirm());
	for (const { context } of news) context.figures.count('accepted');
	const { context } = batch[0];
	if (news.length > 0 && isRecordDue(hasRecentCopy(context))) storeKnowledge(context.n8n);
	return news.length > 0;
}

/** Whether the copy of static data that n8n has made for this request may be saved. */
export function hasRecentCopy({ response }: DeliveryContext): boolean {
	return performance.now() - response.arrivedAt < MAX_COPY_AGE_MS;
}

function saved({ claim, context: { response } }: PendingDelivery): void {
	claim.recorded();
	response.accept();
}

function failed({ claim, context: { n8n, response } }: PendingDelivery): void {
	const wasWaiting = !response.isSent;
	response.retry('not saved');
	if (!showsWriting()) claim.writing();
	if (claim.fail()) logMaybeSaved(n8n);
	else if (wasWaiting)
		warnOf(n8n, 'told to retry: n8n could not save its execution, and says why above');
}

/** n8n had begun to write the execution when something stopped it: it may be there or not. */
function logMaybeSaved(n8n: IWebhookFunctions): void {
	n8n.logger.error(
		`CXone Expert delivery ${shownId(n8n)}: n8n may not have saved it; executions with the status queued run when n8n starts again. Look for the delivery under Executions.`,
		{ node: n8n.getNode().name },
	);
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
function presumeSaved({ claim, context: { response } }: PendingDelivery): void {
	atDeadline(response.arrivedAt + PRESUMPTION_MS, () => {
		if (claim.presumePersisted()) response.accept();
	});
}
