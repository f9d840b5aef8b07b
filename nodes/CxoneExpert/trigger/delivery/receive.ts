import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { siteOrigin } from '../../api/site-url';
import { DeliveryRejected } from '../../protocol/rejection';
import { DELIVERY_HEADERS } from '../../protocol/headers';
import { PROOF_HEADER, VERIFIED_HEADER, type VerifiedParts } from '../../protocol/test-delivery';
import { eventItem, unreadableItem } from '../../event/item';
import { type Message, parseDelivery } from '../../event/parse';
import { isTestDelivery } from '../../protocol/test-delivery';
import { filterEvents, filtersOf, namesUserId } from '../../event/filters';
import { arrivalOf } from '../ledger/arrival';
import type { Claim } from '../ledger/claim';
import type { ComingChange } from '../ledger/known-changes';
import { mayHaveRun } from './may-have-run';
import type { Arrival, Ledger } from '../ledger/ledger';
import { isTest } from '../parameters';
import { forgetOld } from '../state/progress';
import { FilterUsers, isAnyWanted, wantedUsers } from '../state/filter-users';
import { reportToWatch } from './delivered';
import { loadLedger } from '../state/stored';
import { giveToN8n } from './batch';
import { type DeliveryContext, contextOf } from './context';
import { filteredTestEvent, rejectedTestEvent } from '../state/listening';
import { DeliveryResponse } from './response';
import { askedProof, isUnsigned, outsideWindow, verify, type VerifiedDelivery } from './verify';

const RESPOND_ONLY: IWebhookResponseData = { noWebhookResponse: true };

/**
 * n8n calls this for each request. At the deadline the response is 503, so that Expert retries. The work continues, and
 * the retry finds it done: when the work stopped instead, a busy n8n began the same deliveries over and over, and took
 * ten times as long.
 *
 * It never throws: n8n would respond 500 with a stack trace and record a failed execution.
 */
export async function receiveDelivery(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = new DeliveryResponse(this);
	try {
		return (await receive(contextOf(this, response))) ?? RESPOND_ONLY;
	} catch (thrown) {
		if (!(thrown instanceof DeliveryRejected)) response.fail(thrown);
		else if (response.reject(thrown)) return rejectedTestEvent(thrown, this) ?? RESPOND_ONLY;
		return RESPOND_ONLY;
	}
}

/**
 * docs/reliability.md#responses-to-expert lists the responses.
 *
 * @returns what n8n is to run, if anything
 */
async function receive(context: DeliveryContext): Promise<IWebhookResponseData | undefined> {
	const { n8n, response, parameters, figures, receivedAt } = context;
	const proof = await askedProof(context);
	if (proof !== undefined) return void response.send(401, { [PROOF_HEADER]: proof });
	const delivery = await verify(context);
	if (delivery === undefined) return void response.tellToRetry('late');
	// Read the record for a proven sender only: it is too much work to do for a forger.
	const ledger = loadLedger(n8n, receivedAt);
	const message = parseDelivery(delivery.body, delivery.contentType);
	const arrival = arrivalOf(delivery, message, receivedAt);
	if (ledger.isTooOld(arrival)) throw outsideWindow(delivery.signedAt, receivedAt);
	if (isTestDelivery(message)) return acceptTest(delivery, context);

	figures.verified(delivery.deliveryId);
	const wanted = filterMessage(message, delivery.credential, context);
	// The claim calls it: only a delivery that runs brings changes.
	const expectChanges = reportToWatch(message, delivery.credential, wanted !== undefined, context);
	if (wanted === undefined) return leaveOut(message, delivery.credential, context);

	const claim = await claimInTime(arrival, ledger, expectChanges, response);
	// Evict only after claiming, because the first copy of this delivery may be the oldest.
	forgetOld(n8n, parameters, receivedAt);
	if (claim === 'done') return void response.accept('duplicates');
	if (claim === 'waits') return void response.tellToRetry('late');
	if (claim === 'too old') throw outsideWindow(delivery.signedAt, receivedAt);

	// The ledger knows earlier tries of its own. Others were in another process, or before n8n was started.
	const redelivered = claim.redelivered || mayHaveRun(arrival, wanted, ledger, context);
	const items = n8n.helpers.returnJsonArray(outputItems(wanted, redelivered, delivery, context));
	return await giveToN8n({ items, claim, context });
}

function acceptTest(delivery: VerifiedDelivery, { response }: DeliveryContext): undefined {
	const verified: VerifiedParts = isUnsigned(delivery) ? 'token' : 'token, signature';
	response.send(200, { [VERIFIED_HEADER]: verified });
}

/** Drops events that the workflow author did not ask for. Returns `undefined` if none is left. */
function filterMessage(
	message: Message,
	credential: ExpertCredential,
	{ n8n, parameters }: DeliveryContext,
): Message | undefined {
	const filtered = filterEvents(message, parameters);
	const isDecided = filtered === undefined || !isAnyWanted(wantedUsers(parameters));
	if (isDecided || !namesUserId(filtered)) return filtered;
	const users = new FilterUsers(n8n, credential, parameters);
	if (!isTest(n8n)) users.store();
	return filterEvents(filtered, parameters, users.ids);
}

/** Filtered events start nothing, unless somebody is waiting in the editor. */
function leaveOut(
	message: Message,
	credential: ExpertCredential,
	{ n8n, parameters, response }: DeliveryContext,
): IWebhookResponseData | undefined {
	response.accept('filtered');
	if (!isTest(n8n)) return undefined;
	const filters = filtersOf(message, parameters, new FilterUsers(n8n, credential, parameters).ids);
	return filters.length === 0 ? undefined : filteredTestEvent(filters, n8n);
}

/** Claims the delivery. If a first copy is in progress, waits for its outcome until the deadline. */
async function claimInTime(
	arrival: Arrival,
	ledger: Ledger,
	expectChanges: () => ComingChange[],
	response: DeliveryResponse,
): Promise<Claim | 'done' | 'waits' | 'too old'> {
	const claim = () => ledger.claim(arrival, expectChanges);
	let claimed = claim();
	// The sender of a copy counts, too: once it was told to retry, nothing may be presumed of the first copy.
	response.onRetry(() => ledger.claimOf(arrival)?.toldToRetry());
	while (claimed === 'waits' && (await response.isInTime(ledger.claimOf(arrival)!.settled))) claimed = claim();
	return claimed;
}

function outputItems(
	message: Message,
	redelivered: boolean,
	delivery: VerifiedDelivery,
	{ parameters, request, receivedAt }: DeliveryContext,
): IDataObject[] {
	const { deliveryId, credential } = delivery;
	const meta = {
		deliveryId,
		receivedAt: new Date(receivedAt),
		headers: request.headers,
		redelivered,
		unverified: isUnsigned(delivery),
		siteOrigin: siteOrigin(credential.siteUrl),
	};
	const { [DELIVERY_HEADERS.eventType]: type } = request.headers;
	if ('unreadable' in message) return [unreadableItem(message, type, meta, parameters)];
	return message.events.map((event) => eventItem(event, message.rawXml, meta, parameters));
}
