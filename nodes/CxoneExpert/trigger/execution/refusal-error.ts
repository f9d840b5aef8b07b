import { type IExecuteFunctions, NodeOperationError } from 'n8n-workflow';

import type { UserMessage } from '../../shared/failure-messages';
import { isFromExpert, STATUS_BY_REASON } from '../../shared/rejection';
import { rejectionMessage } from '../../shared/rejection-messages';
import { type Refusal, refusalOf } from '../refusal-item';
import { highlight } from '../../n8n/highlight';

/**
 * Fails the execution that tells of refused deliveries.
 *
 * @throws NodeOperationError for the item of a refusal: what the editor shows, and what the workflow's
 *   error handling gets
 */
export function throwRefusal(context: IExecuteFunctions): void {
	const [item] = context.getInputData();
	const refusal = item && refusalOf(item);
	if (refusal === undefined) return;
	highlight(context, { deliveryId: refusal.deliveryId });
	const isTest = context.getMode() === 'manual';
	const { message, description } = isTest ? testMessage(refusal) : alertMessage(refusal);
	throw new NodeOperationError(context.getNode(), message, { description });
}

/** While the editor listens for a test event. */
function testMessage(refusal: Refusal): UserMessage {
	const { problem, advice } = rejectionMessage(refusal);
	return {
		message: `${arrival(refusal)}, but ${problem}`,
		description: `${advice} ${responseTo(refusal)}`,
	};
}

function arrival({ reason }: Refusal): string {
	return isFromExpert(reason) ? 'A delivery from Expert has arrived' : 'A delivery has arrived';
}

/** In production, once an hour at most. */
function alertMessage(refusal: Refusal): UserMessage {
	const { problem, advice } = rejectionMessage(refusal);
	const { inARow, since } = refusal;
	return {
		message: `n8n has refused ${inARow} deliveries in a row, the last one because ${problem}`,
		description: `${advice} ${responseTo(refusal)} No genuine delivery has arrived since ${since}. Expert does not send refused deliveries again, and disables a webhook after several. This is told once an hour at most.`,
	};
}

function responseTo({ reason, deliveryId }: Refusal): string {
	return `n8n responded ${STATUS_BY_REASON[reason]} to delivery ${deliveryId}.`;
}
