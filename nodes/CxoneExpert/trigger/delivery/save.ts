import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { atDeadline } from '../../api/deadline';
import { credentialSince } from '../../n8n/credential-cache';
import { onExecutionWritten, showsWriting } from '../../n8n/execution-written';
import { reportOnce } from '../../n8n/report-once';
import { itemsToSave } from '../../n8n/webhook-response';
import type { Claim } from '../ledger/claim';
import { storeKnowledge } from '../state/stored';
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

/** Time that n8n gets to commit what it has written, before its silence means anything. */
const MIN_COMMIT_WAIT_MS = 250;

/** Age at which a written execution is presumed saved. It leaves time to respond before the deadline. */
export const PRESUMPTION_MS = 700;

/**
 * Age up to which a request's snapshot of static data may be saved: n8n saves all of it, over what others have stored
 * since. Under a concurrency limit the snapshot can be minutes old. Then a delivery with a recent one stores what is
 * known.
 */
const MAX_SNAPSHOT_AGE_MS = 5_000;

/** Learns how a save goes. */
interface SaveObserver {
	/** n8n has confirmed the execution. @returns whether this save is to store the record */
	isRecordDue(): boolean;
	/** The line need not wait for this save any more: n8n has responded, or is slow. It can be called twice. */
	moveOn(isConfirmed: boolean): void;
}

/**
 * n8n saves one execution for a batch, and each sender gets n8n's result, or 200 on a presumption, or 503 at the
 * deadline. The methods stand in the order in which they are called. n8n calls `written` and `saved` unknowingly, by
 * reading a property of what we gave it.
 */
export class Save {
	readonly batch: Batch;
	private readonly observer: SaveObserver;
	private stopPresuming = () => {};

	constructor(batch: Batch, observer: SaveObserver) {
		this.batch = batch;
		this.observer = observer;
	}

	/** The first request of the batch returns the items of all to n8n. */
	give(): IWebhookResponseData {
		const items = this.batch.flatMap((delivery) => delivery.items);
		onExecutionWritten(items[0]!, () => this.written());
		this.first.response.interceptN8n((status) => this.n8nResponded(status));
		return itemsToSave(items, () => this.saved());
	}

	/** n8n has written the execution, and is about to commit it. */
	private written(): void {
		for (const { claim } of this.batch) claim.written();
		this.stopPresuming = whenProbablyCommitted(this.first.n8n, () => this.presumeInTime());
	}

	/**
	 * n8n has saved the execution, and saves static data next. One record holds all claims.
	 *
	 * @returns whether n8n had not confirmed it before
	 */
	private saved(): boolean {
		const news = this.batch.filter(({ claim }) => claim.confirmed());
		for (const { context } of news) context.figures.count('accepted');
		if (news.length > 0 && this.observer.isRecordDue()) storeKnowledge(this.first.n8n);
		return news.length > 0;
	}

	/** n8n responds. It has saved static data, too, or it could not save or start the execution. */
	private n8nResponded(status: number): void {
		this.stopPresuming();
		const isSaved = status < 400;
		if (isSaved) {
			// This is news only if n8n did not read `webhookResponse`, so it works in another way.
			if (this.saved()) reportOnce(this.first.n8n, 'webhook response');
			if (!showsWriting()) reportOnce(this.first.n8n, 'shows writing');
		}
		this.batch.forEach(isSaved ? accept : fail);
		this.observer.moveOn(isSaved);
	}

	/**
	 * n8n has not responded, but must have committed the execution, which may wait under a concurrency limit. A
	 * response of 503 would protect nothing, and get the webhook disabled, so senders get 200 when time runs short. An
	 * n8n that is merely busy does not get here: senders get 503, and the retry finds the work done.
	 */
	private presumeInTime(): void {
		for (const { claim, context } of this.batch) {
			const { response } = context;
			atDeadline(response.arrivedAt + PRESUMPTION_MS, () => {
				if (claim.presume()) response.accept();
			});
		}
		this.observer.moveOn(false);
	}

	private get first(): DeliveryContext {
		return this.batch[0].context;
	}
}

/**
 * Calls back once n8n had time to commit what it wrote, and its database has responded since, so it is neither hanging
 * nor gone. Returns a function that cancels this.
 */
function whenProbablyCommitted(n8n: IWebhookFunctions, call: () => void): () => void {
	const writtenAt = performance.now();
	return atDeadline(writtenAt + MIN_COMMIT_WAIT_MS, () => {
		// Reading a credential queries the database. Waiting deliveries share the query.
		credentialSince(writtenAt, n8n).then(call, () => {});
	});
}

function accept({ claim, context: { response } }: PendingDelivery): void {
	claim.recorded();
	response.accept();
}

function fail({ claim, context: { n8n, response } }: PendingDelivery): void {
	const wasWaiting = !response.isSent;
	response.tellToRetry('not saved');
	// An n8n that does not show its writing may have written.
	if (!showsWriting()) claim.written();
	const maybeSaved = claim.failed();
	if (maybeSaved) logMaybeSaved(n8n);
	else if (wasWaiting) logWarning(n8n, 'told to retry: n8n could not save or start its execution, and says why above');
}

/** Something stopped n8n after it had begun to write, so the execution may exist or not. */
function logMaybeSaved(n8n: IWebhookFunctions): void {
	n8n.logger.error(
		`CXone Expert delivery ${shownId(n8n)}: n8n may not have saved it; executions with the status queued run when n8n starts again. Look for the delivery under Executions.`,
		{ node: n8n.getNode().name },
	);
}

/**
 * Whether n8n's snapshot of static data for this request may still be saved.
 *
 * @param now ms of the monotonic clock
 */
export function hasRecentSnapshot({ response }: DeliveryContext, now: number): boolean {
	return now - response.arrivedAt < MAX_SNAPSHOT_AGE_MS;
}
