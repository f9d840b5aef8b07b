import type { IWebhookFunctions } from 'n8n-workflow';

import { atDeadline, beforeDeadline } from '../../api/deadline';
import { BareResponse } from '../../n8n/response';
import type { DeliveryFigures, RetryReason } from '../../metrics/delivery-figures';
import { RESPONSE_DEADLINE_MS } from '../../protocol/deadlines';
import { DELIVERY_HEADERS, shortenedDeliveryId } from '../../protocol/headers';
import { TEST_EVENT_TYPE } from '../../protocol/test-delivery';
import { type DeliveryRejected, isFromExpert, STATUS_BY_REASON } from '../../protocol/rejection';
import { noteMissed } from './delivered';

const LATE_LOG = 'told to retry: n8n is busy, its body comes slowly, or its first copy is still being worked on';

/** The response to a delivery, which is 503 at the deadline. Reports to the figures, the watch and n8n's log. */
export class DeliveryResponse extends BareResponse {
	/** When the request arrived. Like the deadline, in ms of the monotonic clock. */
	readonly arrivedAt = performance.now();
	readonly deadline = this.arrivedAt + RESPONSE_DEADLINE_MS;
	private readonly cancelDeadline: () => void;
	private figures: DeliveryFigures | undefined;
	private retryReason: RetryReason | undefined;
	private isTokenProven = false;
	private readonly retryListeners: Array<() => void> = [];

	constructor(n8n: IWebhookFunctions) {
		super(n8n);
		this.cancelDeadline = atDeadline(this.deadline, () => this.tellToRetry('late'));
	}

	countIn(figures: DeliveryFigures): void {
		this.figures = figures;
	}

	/** The sender knows the token. Without this condition, anybody could make the watch search the site. */
	tokenProven(): void {
		this.isTokenProven = true;
		if (this.status === 503) noteMissed(this.n8n);
	}

	/** Calls back when the sender is told to retry, or at once if it has been. */
	onRetry(call: () => void): void {
		if (this.status === 503) call();
		else this.retryListeners.push(call);
	}

	/** Waits for the work until the deadline. */
	async isInTime(work: Promise<void>): Promise<boolean> {
		const isDone = await beforeDeadline(
			this.deadline,
			work.then(() => true),
		);
		return isDone === true;
	}

	/**
	 * Sends 200.
	 *
	 * @param as outcome of a delivery that starts nothing
	 */
	accept(as?: 'duplicates' | 'filtered'): void {
		if (as !== undefined) this.figures?.count(as);
		this.send(200);
	}

	/** Sends 503, unless a response was sent. Expert sends the delivery again, or gives up. */
	tellToRetry(reason: RetryReason): void {
		if (reason !== 'late' || this.isTokenProven) noteMissed(this.n8n);
		if (this.isSent) return;
		if (reason === 'late') logWarning(this.n8n, LATE_LOG);
		this.retryReason = reason;
		this.send(503);
	}

	/** @returns whether to tell the author. After 503 another copy arrives, and a test delivery gets a report */
	reject(rejection: DeliveryRejected): boolean {
		if (this.isSent) return false;
		const { reason } = rejection;
		const headers = this.n8n.getHeaderData();
		logWarning(this.n8n, `refused: ${reason}`);
		const isOfTest = headers[DELIVERY_HEADERS.eventType] === TEST_EVENT_TYPE;
		if (isOfTest) this.figures?.rejectedTest(reason);
		else this.figures?.rejected(rejection, headers[DELIVERY_HEADERS.deliveryId]);
		this.send(STATUS_BY_REASON[reason]);
		if (!isOfTest && isFromExpert(reason)) noteMissed(this.n8n);
		return !isOfTest;
	}

	/** Sends 503. Logs only the kind of error, because its message may contain what was sent to us. */
	fail(thrown: unknown): void {
		const kind = thrown instanceof Error ? thrown.name : typeof thrown;
		this.n8n.logger.error(
			`CXone Expert delivery ${shownId(this.n8n)} could not be handled (${kind}), so the trigger told Expert to retry. Check the node's credential.`,
			{ node: this.n8n.getNode().name },
		);
		this.tellToRetry('not handled');
	}

	protected override onSent(status: number): void {
		this.cancelDeadline();
		this.figures?.responded(status, performance.now() - this.arrivedAt, this.retryReason);
		if (status === 503) for (const call of this.retryListeners) call();
	}
}

export function logWarning(n8n: IWebhookFunctions, what: string): void {
	n8n.logger.warn(`CXone Expert delivery ${shownId(n8n)} ${what} (node "${n8n.getNode().name}")`);
}

/** The delivery's ID for the log, shortened because anyone can make one up. */
export function shownId(n8n: IWebhookFunctions): string {
	return shortenedDeliveryId(n8n.getHeaderData()[DELIVERY_HEADERS.deliveryId]);
}
