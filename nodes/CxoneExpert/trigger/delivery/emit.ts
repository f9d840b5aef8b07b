import type { IDataObject, IWebhookResponseData } from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import type { VerifiedDelivery } from './authenticate';
import type { DeliveryContext } from './context';
import type { Claim } from './dedup/claim';
import { eventItem, unreadableItem } from './item';
import type { DeliveryResponse } from './n8n/response';
import { itemsToSave } from './n8n/webhook-response';
import type { Message } from './parse';
import { deferToN8n } from './respond';

/** What n8n is given, and the claim that allows it. */
export interface Emission {
	message: Message;
	delivery: VerifiedDelivery;
	claim: Claim;
	/** It may have run before: the item is marked. */
	isRedelivered: boolean;
}

/**
 * Hands the items to n8n. The response comes from n8n once the execution is saved, or from us at once
 * when the workflow author has chosen so.
 */
export function emit(
	emission: Emission,
	context: DeliveryContext,
	response: DeliveryResponse,
): IWebhookResponseData {
	const { claim } = emission;
	const items = context.n8n.helpers.returnJsonArray(itemsOf(emission, context));
	// Whoever was told to retry is told 200 only when n8n has confirmed the execution.
	if (context.parameters.acknowledge === 'immediately' && !response.isSent) {
		claim.confirm();
		claim.recorded();
		response.send(200);
		return { noWebhookResponse: true, workflowData: [items] };
	}
	deferToN8n(items[0]!, claim, context, response);
	return itemsToSave(items, () => claim.confirm());
}

function itemsOf(
	{ message, delivery, isRedelivered }: Emission,
	{ parameters, request, now }: DeliveryContext,
): IDataObject[] {
	const meta = {
		deliveryId: delivery.deliveryId,
		receivedAt: new Date(now.wall),
		headers: request.headers,
		redelivered: isRedelivered,
		siteOrigin: siteOrigin(delivery.credential.siteUrl),
	};
	if ('unreadable' in message) return [unreadableItem(message, meta, parameters)];
	return message.events.map((event) => eventItem(event, message.rawXml, meta, parameters));
}
