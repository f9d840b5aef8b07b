import type { IWebhookFunctions } from 'n8n-workflow';

import type { Headers } from './headers';
import type { RejectionReason } from './rejection';

/*
 * The reason for a response goes to n8n's log and nowhere else. A delivery is named by its id, which
 * anyone can have made up: shortened and without control characters, so that it cannot forge lines.
 */

/** @param hint what an admin can do about it, where that can be told */
export function logRejection(
	context: IWebhookFunctions,
	reason: RejectionReason,
	headers: Headers,
	hint?: string,
): void {
	warn(context, headers, `refused: ${reason}${hint === undefined ? '' : `. ${hint}`}`);
}

export function logLate(context: IWebhookFunctions): void {
	const headers = context.getHeaderData();
	warn(
		context,
		headers,
		'told to retry: n8n is busy, its body comes slowly, or its first copy is still being worked on',
	);
}

/** n8n had begun to write the execution when something stopped it: it may be there or not. */
export function logMaybeSaved(context: IWebhookFunctions): void {
	const delivery = shortened(context.getHeaderData()['x-nexus-delivery-id']);
	context.logger.error(
		`CXone Expert delivery ${delivery}: n8n may not have saved it; executions with the status queued run when n8n starts again. Look for the delivery under Executions.`,
		{ node: context.getNode().name },
	);
}

/** A failure of our own. Its message may hold what was sent to us, so only its kind is logged. */
export function logFault(context: IWebhookFunctions, error: unknown): void {
	const kind = error instanceof Error ? error.name : typeof error;
	context.logger.error(
		`CXone Expert Trigger could not handle a delivery (${kind}) and told Expert to retry. Check the node's credential.`,
		{ node: context.getNode().name },
	);
}

function warn(context: IWebhookFunctions, headers: Headers, what: string): void {
	const delivery = shortened(headers['x-nexus-delivery-id']);
	context.logger.warn(
		`CXone Expert delivery ${delivery} ${what} (node "${context.getNode().name}")`,
	);
}

function shortened(deliveryId: unknown): string {
	if (typeof deliveryId !== 'string' || deliveryId === '') return '(no id)';
	const printable = deliveryId.replace(/[^\x21-\x7e]/g, '?');
	return printable.length > 40 ? `${printable.slice(0, 40)}…` : printable;
}
