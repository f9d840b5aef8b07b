import type { IDataObject, IWebhookResponseData } from 'n8n-workflow';

import { siteOrigin } from '../../transport/site';
import type { Answer } from './answer';
import type { Authentic } from './authenticate';
import { eventItem, unreadableItem } from './item';
import type { Message } from './read';
import type { Receipt } from './receipt';
import type { DeliveryClaim } from './remember';

/**
 * Hands the items to n8n, and the answer to whoever gives it: n8n once the execution is saved, or
 * we at once, when the builder has chosen so.
 */
export function emit(
	message: Message,
	{ deliveryId }: Authentic,
	claim: DeliveryClaim,
	receipt: Receipt,
	answer: Answer,
): IWebhookResponseData {
	const { context, parameters } = receipt;
	const json = itemsOf(message, deliveryId, claim.mayHaveRun, receipt);
	const items = context.helpers.returnJsonArray(json);
	if (parameters.acknowledge === 'immediately') {
		claim.stored();
		return answer.sendAndReturn(200, items);
	}
	return answer.leaveToN8n(items, claim);
}

function itemsOf(
	message: Message,
	deliveryId: string,
	redelivered: boolean,
	{ parameters, request, now, siteUrl }: Receipt,
): IDataObject[] {
	const arrival = {
		deliveryId,
		receivedAt: new Date(now),
		headers: request.headers,
		redelivered,
		siteOrigin: siteOrigin(siteUrl),
	};
	if ('unreadable' in message) return [unreadableItem(message, arrival, parameters)];
	return message.events.map((event) => eventItem(event, message.rawXml, arrival, parameters));
}
