import type { IDataObject, IWebhookResponseData } from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import { storeKnowledge } from '../watch/stored';
import type { VerifiedDelivery } from './verify';
import type { DeliveryContext } from './context';
import { joinLine, lineKey } from './batch';
import type { Claim } from '../ledger/claim';
import { eventItem, unreadableItem } from '../event/item';
import type { DeliveryResponse } from '../../n8n/response';
import type { Message } from '../event/parse';
import { deferToN8n, type PendingDelivery } from './respond';

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
export async function emit(
	emission: Emission,
	context: DeliveryContext,
	response: DeliveryResponse,
): Promise<IWebhookResponseData> {
	const { claim } = emission;
	const { n8n, arrivedAt, figures } = context;
	const items = n8n.helpers.returnJsonArray(itemsOf(emission, context));
	const pending = { items, claim, figures, response, n8n, arrivedAt };
	// Whoever was told to retry is told 200 only when n8n has confirmed the execution.
	const isImmediate = context.parameters.acknowledge === 'immediately' && !response.isSent;
	const line = lineKey(context);
	if (line === undefined) return isImmediate ? runUnconfirmed(pending) : deferToN8n([pending]);
	if (isImmediate) {
		claim.accept();
		response.send(200);
	}
	return await joinLine(pending, line);
}

/** Responds 200 first. n8n saves the record at once and reports nothing of the execution. */
function runUnconfirmed({
	items,
	claim,
	figures,
	response,
	n8n,
}: PendingDelivery): IWebhookResponseData {
	claim.confirm();
	figures.count('accepted');
	storeKnowledge(n8n);
	claim.recorded();
	response.send(200);
	return { noWebhookResponse: true, workflowData: [items] };
}

function itemsOf(
	{ message, delivery, isRedelivered }: Emission,
	{ parameters, request, now }: DeliveryContext,
): IDataObject[] {
	const meta = {
		deliveryId: delivery.deliveryId,
		receivedAt: new Date(now),
		headers: request.headers,
		redelivered: isRedelivered,
		siteOrigin: siteOrigin(delivery.credential.siteUrl),
	};
	if ('unreadable' in message) return [unreadableItem(message, meta, parameters)];
	return message.events.map((event) => eventItem(event, message.rawXml, meta, parameters));
}
