import {
	type IDataObject,
	type INodeExecutionData,
	type IWebhookResponseData,
	sleep,
} from 'n8n-workflow';

import { siteOrigin } from '../../api/site-url';
import type { VerifiedDelivery } from './authenticate';
import { credentialSince } from './n8n/credential-cache';
import type { Claim } from './dedup/claim';
import type { ClaimedDelivery } from './dedup/dedup';
import { eventItem, unreadableItem } from './item';
import { logLate, logMaybeSaved } from './log';
import { onExecutionPersisted, tellsOfWriting } from './n8n/execution-persisted';
import type { DeliveryResponse } from './n8n/response';
import type { Message } from './parse';
import type { DeliveryContext } from './context';

/** Ms that n8n gets to commit what it has written, before anything is concluded from its silence. */
const MIN_COMMIT_WAIT_MS = 250;

/**
 * Hands the items to n8n, and the response to whoever gives it: n8n once the execution is saved, or
 * we at once, when the workflow's author has chosen so.
 */
export function emit(
	message: Message,
	{ deliveryId }: VerifiedDelivery,
	{ claim, redelivered, storeRecord }: ClaimedDelivery,
	receipt: DeliveryContext,
	response: DeliveryResponse,
): IWebhookResponseData {
	const { context, parameters } = receipt;
	const json = itemsOf(message, deliveryId, redelivered, receipt);
	const items = context.helpers.returnJsonArray(json);
	const confirm = () => {
		if (claim.confirm()) storeRecord();
	};
	// Whoever was told to retry is told 200 only when n8n has confirmed the execution.
	if (parameters.acknowledge === 'immediately' && !response.isSent) {
		confirm();
		claim.recorded();
		response.send(200);
		return { noWebhookResponse: true, workflowData: [items] };
	}
	const isPresumable = watchWriting(items[0]!, claim, receipt);
	respondInTime(claim, confirm, receipt, response, isPresumable);
	return {
		workflowData: [items],
		// n8n reads it right after it has saved the execution and right before it saves static data:
		// the only moment at which an entry for this delivery is both true and still saved.
		get webhookResponse() {
			confirm();
			return '';
		},
	};
}

/**
 * Notes when n8n has written the execution.
 *
 * @returns whether it can be presumed saved: n8n has had its time to commit it, and its database has
 *   answered since then. A database that hangs or is gone does not.
 */
function watchWriting(
	item: INodeExecutionData,
	claim: Claim,
	{ context }: DeliveryContext,
): () => boolean {
	let isPresumable = false;
	const awaitCommit = async (writtenAt: number) => {
		await sleep(MIN_COMMIT_WAIT_MS);
		if (!claim.isAwaitingConfirmation) return;
		// Reading a credential anew is a question to the database. Deliveries that wait share it.
		await credentialSince(writtenAt, context);
		isPresumable = true;
	};
	onExecutionPersisted(item, () => {
		claim.writing();
		awaitCommit(performance.now()).catch(() => {});
	});
	return () => isPresumable;
}

/**
 * Which response Expert gets: n8n's own verdict, or at the deadline the best that is known.
 *
 * At the deadline n8n may be busy: then 503 is right, and the retry finds the work done. Or n8n waits
 * for a free place under a concurrency limit, maybe for minutes: it has written the execution and
 * runs it, so 503 would protect nothing and have the webhook disabled.
 */
function respondInTime(
	claim: Claim,
	confirm: () => void,
	{ context, deadline }: DeliveryContext,
	response: DeliveryResponse,
	isPresumable: () => boolean,
): void {
	if (response.isSent) claim.toldToRetry();
	const letGo = deadline.whenOver(() => {
		if (response.isSent) return;
		if (isPresumable() && claim.presumeSaved()) return response.send(200);
		claim.toldToRetry();
		response.send(503);
		logLate(context);
	});
	response.interceptN8n((status) => {
		letGo();
		if (status < 400) {
			confirm();
			claim.recorded();
			return response.send(200);
		}
		if (!response.isSent) claim.toldToRetry();
		if (!tellsOfWriting()) claim.writing();
		if (claim.fail()) logMaybeSaved(context);
		response.send(503);
	});
}

function itemsOf(
	message: Message,
	deliveryId: string,
	redelivered: boolean,
	{ parameters, request, now, credential }: DeliveryContext,
): IDataObject[] {
	const arrival = {
		deliveryId,
		receivedAt: new Date(now.wall),
		headers: request.headers,
		redelivered,
		siteOrigin: siteOrigin(credential.siteUrl),
	};
	if ('unreadable' in message) return [unreadableItem(message, arrival, parameters)];
	return message.events.map((event) => eventItem(event, message.rawXml, arrival, parameters));
}
