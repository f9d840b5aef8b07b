import type { INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import type { DeliveryFigures, RetryReason } from '../../shared/delivery-figures';
import type { Claim } from '../ledger/claim';

/** The one response that the sender of a delivery gets: see n8n/response.ts. */
export interface OpenResponse {
	/** Whether the sender has its response. */
	readonly isSent: boolean;
	/** What it was; `undefined` while the sender waits. */
	readonly status: number | undefined;
	/** Responds, unless a response has gone out already. */
	send(status: number, retryReason?: RetryReason): void;
	/** Holds n8n's own response back and reports its status. */
	interceptN8n(report: (status: number) => void): void;
}

/** A delivery whose items n8n is to save: what its response and its claim depend on. */
export interface PendingDelivery {
	items: INodeExecutionData[];
	claim: Claim;
	figures: DeliveryFigures;
	response: OpenResponse;
	n8n: IWebhookFunctions;
	/** When the request arrived, in ms of the monotonic clock. */
	arrivedAt: number;
}

/** Those that start one execution, in order of arrival: there is always a first. */
export type Batch = readonly [PendingDelivery, ...PendingDelivery[]];
