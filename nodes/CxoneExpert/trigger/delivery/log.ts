import type { IWebhookFunctions } from 'n8n-workflow';

import type { RejectionReason } from '../../shared/rejection';
import { DELIVERY_HEADERS, type Headers, shortenedDeliveryId } from '../../shared/delivery-headers';

/*
 * The reason for a response goes to n8n's log, and never to the sender. A delivery is named by its id,
 * which anyone can have made up.
 */

export function logRejection(
	context: IWebhookFunctions,
	reason: RejectionReason,
	headers: Headers,
): void {
	warn(context, headers, `refused: ${reason}`);
}

export function logLate(context: IWebhookFunctions): void {
	const headers = context.getHeaderData();
	warn(
		context,
		headers,
		'told to retry: n8n is busy, its body comes slowly, or its first copy is still being worked on',
	);
}

/** n8n did not even begin to write the execution; why, n8n has logged itself. */
export function logNotSaved(context: IWebhookFunctions): void {
	const headers = context.getHeaderData();
	warn(context, headers, 'told to retry: n8n could not save its execution, and says why above');
}

/** n8n had begun to write the execution when something stopped it: it may be there or not. */
export function logMaybeSaved(context: IWebhookFunctions): void {
	const delivery = shortenedDeliveryId(context.getHeaderData()[DELIVERY_HEADERS.deliveryId]);
	context.logger.error(
		`CXone Expert delivery ${delivery}: n8n may not have saved it; executions with the status queued run when n8n starts again. Look for the delivery under Executions.`,
		{ node: context.getNode().name },
	);
}

/** A failure of our own. Its message may hold what was sent to us, so only its kind is logged. */
export function logFault(context: IWebhookFunctions, error: unknown): void {
	const kind = error instanceof Error ? error.name : typeof error;
	const delivery = shortenedDeliveryId(context.getHeaderData()[DELIVERY_HEADERS.deliveryId]);
	context.logger.error(
		`CXone Expert delivery ${delivery} could not be handled (${kind}), so the trigger told Expert to retry. Check the node's credential.`,
		{ node: context.getNode().name },
	);
}

function warn(context: IWebhookFunctions, headers: Headers, what: string): void {
	const delivery = shortenedDeliveryId(headers[DELIVERY_HEADERS.deliveryId]);
	context.logger.warn(
		`CXone Expert delivery ${delivery} ${what} (node "${context.getNode().name}")`,
	);
}
