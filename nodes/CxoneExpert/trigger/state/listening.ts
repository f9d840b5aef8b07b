import { type IExecuteFunctions, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';

import { highlight } from '../../n8n/highlight';
import { DELIVERY_HEADERS, shortenedDeliveryId } from '../../protocol/headers';
import type { UserMessage } from '../../api/expert-error';
import { type FailureCause, operationError } from '../../api/node-error';
import { cacheInMemory, type NodeContext, nodeKey } from '../../memory';
import { isFromExpert, type Rejection, rejectionMessage, STATUS_BY_REASON } from '../../protocol/rejection';
import { isTest } from '../parameters';

/*
 * People without access to n8n's log see neither rejections nor what filters drop. So while the
 * editor listens for a test event, the first rejection and each filtered event end the listening: n8n
 * gets an item, and the trigger's own step gives the reason. In production neither starts anything.
 */

/** n8n listens this long for a test event, and a moment longer once it has one. */
const LISTENING_MS = 120_000;

/** Nodes whose listening a rejection has ended. */
const ended = cacheInMemory<true>({ ttlMs: LISTENING_MS });

/** Earlier rejections don't count once the editor begins to listen. */
export function beginListening(context: NodeContext): void {
	ended.delete(nodeKey(context));
}

/** Ends the listening in the editor. Returns `undefined` in production, or if it has ended already. */
export function rejectedTestEvent(rejection: Rejection, n8n: IWebhookFunctions): IWebhookResponseData | undefined {
	const key = nodeKey(n8n);
	if (!isTest(n8n) || ended.get(key)) return undefined;
	ended.set(key, true);
	const deliveryId = n8n.getHeaderData()[DELIVERY_HEADERS.deliveryId];
	const rejected = rejectedItem(rejection, shortenedDeliveryId(deliveryId));
	const items = n8n.helpers.returnJsonArray([{ [REJECTED_FIELD]: { ...rejected } }]);
	return { noWebhookResponse: true, workflowData: [items] };
}

/** Identifies the item. We name all fields of an event's item, and none of them is called this. */
const REJECTED_FIELD = 'rejectedDelivery';

interface RejectedItem extends UserMessage {
	deliveryId: string;
	failure: FailureCause;
}

/** Contains nothing written by the sender except the shortened ID. */
function rejectedItem(rejection: Rejection, deliveryId: string): RejectedItem {
	const { problem, advice, failure } = rejectionMessage(rejection);
	const { reason } = rejection;
	const arrival = isFromExpert(reason) ? 'A delivery from Expert has arrived' : 'A delivery has arrived';
	return {
		deliveryId,
		failure,
		message: `${arrival}, but ${problem}`,
		description: `${advice} n8n responded ${STATUS_BY_REASON[reason]} to delivery ${deliveryId}.`,
	};
}

/** @throws NodeOperationError, shown in the editor, for the item of a rejected test event */
export function throwRejectedTestEvent(n8n: IExecuteFunctions): void {
	const { [REJECTED_FIELD]: rejected, ...others } = n8n.getInputData()[0]?.json ?? {};
	if (!rejected || Object.keys(others).length > 0) return;
	const { deliveryId, failure, ...says } = rejected as unknown as RejectedItem;
	highlight(n8n, { deliveryId });
	throw operationError(n8n.getNode(), says, failure);
}

const FILTERED_FIELD = 'filteredBy';

/** Ends the listening in the editor with the names of the filters that dropped an event. */
export function filteredTestEvent(filters: string[], n8n: IWebhookFunctions): IWebhookResponseData {
	const items = n8n.helpers.returnJsonArray([{ [FILTERED_FIELD]: filters.join(', ') }]);
	return { noWebhookResponse: true, workflowData: [items] };
}

/** Returns the filters that left out the test event, if its item is the only one. */
export function filtersOfTestEvent(n8n: IExecuteFunctions): string | undefined {
	const { [FILTERED_FIELD]: filters, ...others } = n8n.getInputData()[0]?.json ?? {};
	return typeof filters === 'string' && Object.keys(others).length === 0 ? filters : undefined;
}
