import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { isFromExpert, type Rejection, STATUS_BY_REASON } from '../../shared/rejection';
import {
	PROOF_HEADER,
	TEST_EVENT_TYPE,
	VERIFIED_HEADER,
	type VerifiedParts,
} from '../../shared/test-delivery';
import { DELIVERY_HEADERS } from '../../shared/delivery-headers';
import { siteOrigin } from '../../api/site-url';
import { arrivalOf } from '../ledger/arrival';
import { openLedger } from '../ledger/node-ledger';
import { mayHaveRunElsewhere } from '../ledger/elsewhere';
import {
	expectMissing,
	noteArrival,
	recoverableChanges,
	withoutRecovered,
} from '../watch/delivered';
import { storeKnowledge, storeNowAndThen } from '../watch/stored';
import { type DeliveryContext, openContext } from './context';
import { atDeadline } from '../../api/deadline';
import { RESPONSE_DEADLINE_MS } from './deadline';
import { claimDelivery, noteUnwanted } from './claim-delivery';
import { emit } from './emit';
import { filterDelivery } from './filter';
import { logFault, logRejection } from './log';
import { DeliveryResponse } from '../../n8n/response';
import { isTestDelivery, parseDelivery } from '../event/parse';
import { refusedTestEvent } from './refused-test-event';
import { tellToRetry } from './respond';
import { askedProof, outsideWindow, verify } from './verify';

const RESPOND_ONLY: IWebhookResponseData = { noWebhookResponse: true };

/**
 * What n8n calls for each request: gives the delivery its response, and n8n the items.
 *
 * At the deadline the response is 503, whatever the journey is at: Expert retries. The journey goes on
 * all the same, so that a busy n8n finishes the work it has begun, and the retry finds it done.
 * (Giving up instead was measured: a busy n8n began the same deliveries over and over, and took ten
 * times as long.)
 *
 * It never throws: n8n would respond 500 with a stack trace and record a failed execution.
 */
export async function receiveDelivery(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const arrivedAt = performance.now();
	const response = new DeliveryResponse(this);
	const cancelDeadline = atDeadline(arrivedAt + RESPONSE_DEADLINE_MS, () =>
		tellToRetry(this, response),
	);
	try {
		const context = openContext(this, arrivedAt);
		response.onSent((status, retryReason) =>
			context.figures.responded(status, performance.now() - arrivedAt, retryReason),
		);
		return await receive(context, response);
	} catch (error) {
		logFault(this, error);
		response.send(503, 'not handled');
		expectMissing(this);
		return RESPOND_ONLY;
	} finally {
		// Whatever is left to wait for has a deadline of its own.
		cancelDeadline();
	}
}

/** The journey of a delivery. docs/reliability.md#responses-to-expert has the table of responses. */
async function receive(
	context: DeliveryContext,
	response: DeliveryResponse,
): Promise<IWebhookResponseData> {
	const { figures, now } = context;
	const { accept, acceptTest, prove, retry, reject } = responsesTo(context, response);

	const proof = await askedProof(context);
	if (proof !== undefined) return prove(proof);

	const verified = await verify(context);
	if (!verified.ok) return reject(verified.failure);
	const delivery = verified.value;

	// Not before the sender is proven: reading the record is too much work to give to a forger.
	const contentType = context.request.headers['content-type'];
	const parsed = parseDelivery(delivery.body, contentType);
	const ledger = openLedger(context.n8n, now);
	const site = siteOrigin(delivery.credential.siteUrl) ?? '';
	const source = { n8n: context.n8n, parameters: context.parameters, ledger, site };
	const changes = recoverableChanges(parsed, source);
	const arrival = arrivalOf({ ...delivery, contentType }, parsed, changes, now);
	if (ledger.isTooOld(arrival)) return reject(outsideWindow(delivery.signedAt, now));

	if (isTestDelivery(parsed)) return acceptTest();
	figures.verified(delivery.deliveryId);
	noteArrival(parsed, source);
	const message = filterDelivery(parsed, delivery.credential, context);
	if (message === undefined) {
		noteUnwanted(ledger, changes, context);
		if (changes.length > 0) storeNowAndThen(context.n8n);
		return accept('filtered');
	}

	const claim = await claimDelivery(ledger, arrival, context);
	if (claim === 'done') return accept('duplicates');
	if (claim === 'in progress') return retry();
	if (claim === 'too old') return reject(outsideWindow(delivery.signedAt, now));

	const unrecovered = withoutRecovered(message, source);
	if (unrecovered === undefined) {
		claim.confirm();
		storeKnowledge(context.n8n);
		claim.recorded();
		return accept('duplicates');
	}

	const isRedelivered = claim.mayHaveRun || mayHaveRunElsewhere(arrival, message, ledger, context);
	return await emit({ message: unrecovered, delivery, claim, isRedelivered }, context, response);
}

/** The responses to a delivery that starts nothing. */
function responsesTo(context: DeliveryContext, response: DeliveryResponse) {
	const { n8n, figures, parameters } = context;
	const accept = (as: 'duplicates' | 'filtered') => {
		figures.count(as);
		response.send(200);
		return RESPOND_ONLY;
	};
	const acceptTest = () => {
		const verified: VerifiedParts = parameters.verifySignature ? 'token, signature' : 'token';
		response.addHeader(VERIFIED_HEADER, verified);
		response.send(200);
		return RESPOND_ONLY;
	};
	const prove = (proof: string) => {
		response.addHeader(PROOF_HEADER, proof);
		response.send(401);
		return RESPOND_ONLY;
	};
	const retry = () => {
		tellToRetry(n8n, response);
		return RESPOND_ONLY;
	};
	const reject = (failure: Rejection) => {
		// One that was told to retry was not rejected.
		return response.isSent ? RESPOND_ONLY : rejectAndReport(failure, context, response);
	};
	return { accept, acceptTest, prove, retry, reject };
}

/** Rejects a delivery, and says so in the log, in the figures and in the editor that listens. */
function rejectAndReport(
	rejection: Rejection,
	context: DeliveryContext,
	response: DeliveryResponse,
): IWebhookResponseData {
	const { n8n, request, figures } = context;
	const { reason } = rejection;
	logRejection(n8n, reason, request.headers);
	if (request.headers[DELIVERY_HEADERS.eventType] === TEST_EVENT_TYPE) {
		// Its sender gets a report, and nobody else need hear of it.
		figures.refusedTest(reason);
		response.send(STATUS_BY_REASON[reason]);
		return RESPOND_ONLY;
	}
	figures.refused(rejection, request.headers[DELIVERY_HEADERS.deliveryId]);
	response.send(STATUS_BY_REASON[reason]);
	if (isFromExpert(reason)) expectMissing(n8n);
	return refusedTestEvent(rejection, context) ?? RESPOND_ONLY;
}
