import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { atDeadline } from '../../api/deadline';
import { credentialSince } from '../../n8n/credential-cache';
import { onExecutionPersisted, showsWriting } from '../../n8n/execution-persisted';
import { reportOnce } from '../../n8n/report-once';
import { itemsToSave } from '../../n8n/webhook-response';
import type { Claim } from '../ledger/claim';
import { storeKnowledge } from '../node/stored';
import type { DeliveryContext } from './context';
import { logWarning, shownId } from './response';

/** A delivery whose items n8n is to save. */
export interface PendingDelivery {
	items: INodeExecutionData[];
	claim: Claim;
	context: DeliveryContext;
}

/** The deliveries of one execution, in order of arrival. */
export type Batch = readonly [PendingDelivery, ...PendingDelivery[]];

/** Time for n8n to commit what it has written, before its silence means anything. */
const MIN_COMMIT_WAIT_MS = 250;

/** Age at which a written execution is presumed saved: before the deadline, to respond in time. */
export const PRESUMPTION_MS = 700;

/**
 * Age up to which a request's copy of static data may be saved: n8n saves all of it, over what
 * others have stored since. Under a concurrency limit it can be minutes old: then the next delivery
 * that need not wait stores what is known.
 */
const MAX_COPY_AGE_MS = 5_000;

/**
 * Hands the batch to n8n as one execution and answers each sender with n8n's result, or with our
 * best guess at the deadline. If n8n is just busy that is 503, and the retry finds the work done.
 * If n8n has written an execution that waits under a concurrency limit, 503 would protect nothing,
 * and get the webhook disabled.
 *
 * @param batch only its first request returns the items to n8n
 * @param onDecided called, maybe twice, once saved, presumed saved or failed
 * @param isRecordDue whether to write the record now, from a copy that may not be recent
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

/** One record holds all claims of this process. @returns whether that is news */
function confirm(batch: Batch, isRecordDue: (isRecent: boolean) => boolean): boolean {
	const news = batch.filter(({ claim }) => claim.confirm());
	for (const { context } of news) context.figures.count('accepted');
	const { context } = batch[0];
	if (news.length > 0 && isRecordDue(hasRecentCopy(context))) storeKnowledge(context.n8n);
	return news.length > 0;
}

/** Whether n8n's copy of static data for this request may still be saved. */
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
	else if (wasWaiting) logWarning(n8n, 'told to retry: n8n could not save its execution, and says why above');
}

/** Something stopped n8n once it had begun to write: the execution may be there or not. */
function logMaybeSaved(n8n: IWebhookFunctions): void {
	n8n.logger.error(
		`CXone Expert delivery ${shownId(n8n)}: n8n may not have saved it; executions with the status queued run when n8n starts again. Look for the delivery under Executions.`,
		{ node: n8n.getNode().name },
	);
}

/**
 * Calls back once n8n had time to commit what it wrote, and its database has responded since: it
 * neither hangs nor is gone. Returns a function that cancels this.
 */
function whenCommitted(n8n: IWebhookFunctions, call: () => void): () => void {
	const writtenAt = performance.now();
	return atDeadline(writtenAt + MIN_COMMIT_WAIT_MS, () => {
		// Reading a credential queries the database. Waiting deliveries share the query.
		credentialSince(writtenAt, n8n).then(call, () => {});
	});
}

/** Sends 200 when time runs short, unless n8n has reported the outcome by then. */
function presumeSaved({ claim, context: { response } }: PendingDelivery): void {
	atDeadline(response.arrivedAt + PRESUMPTION_MS, () => {
		if (claim.presumePersisted()) response.accept();
	});
}
