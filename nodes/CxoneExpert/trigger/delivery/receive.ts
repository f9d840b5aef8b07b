import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { isFromExpert, type Rejection, STATUS_BY_REASON } from '../../shared/rejection';
import {
	PROOF_HEADER,
	TEST_EVENT_TYPE,
	VERIFIED_HEADER,
	type VerifiedParts,
} from '../../shared/test-delivery';
import { DELIVERY_HEADERS } from '../../shared/delivery-headers';
import { beginDelivery, expectMissing, noteFiltered, withoutRecovered } from '../watch/delivered';
import { failed } from '../../api/result';
import { type VerifiedDelivery, verifyBody, verifyHeaders } from './authenticate';
import { type DeliveryContext, openContext } from './context';
import { atDeadline } from '../../api/deadline';
import { RESPONSE_DEADLINE_MS } from './deadline';
import { attemptOf, claimDelivery, openStore } from './dedup/dedup';
import { mayHaveRunElsewhere } from './dedup/elsewhere';
import { emit } from './emit';
import { filterDelivery } from './filter';
import { logFault, logRejection } from './log';
import { readBody } from '../../n8n/raw-body';
import { DeliveryResponse } from '../../n8n/response';
import { isTestDelivery, parseDelivery } from '../event/parse';
import { askedProof } from './prove-address';
import { type Late, outsideWindow, rejected, type Verified } from './rejection';
import { refusalAlert } from './refusal-alert';
import { tellToRetry } from './respond';

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
	const store = openStore(context);
	const attempt = attemptOf(delivery, now);
	if (store.isTooOldToVerify(attempt)) return reject(outsideWindow(delivery.signedAt, now));

	const parsed = parseDelivery(delivery.body, context.request.headers['content-type']);
	if (isTestDelivery(parsed)) return acceptTest();
	figures.verified(delivery.deliveryId);
	const message = await filterDelivery(parsed, delivery.credential, context);
	if (message === 'late') return retry();
	if (message === undefined) {
		noteFiltered(parsed, context);
		return accept('filtered');
	}

	const claimed = await claimDelivery(store, attempt, context);
	if (claimed.kind === 'done') return accept('duplicate');
	if (claimed.kind === 'busy') return retry();
	if (claimed.kind === 'too old') return reject(outsideWindow(delivery.signedAt, now));

	const { claim } = claimed;
	const { storeRecord } = store;
	const unrecovered = withoutRecovered(message, context);
	if (unrecovered === undefined) {
		claim.confirm();
		storeRecord();
		claim.recorded();
		return accept('duplicate');
	}

	beginDelivery(unrecovered, () => claim.isOpen, context);
	const isRedelivered = claim.mayHaveRun || mayHaveRunElsewhere(attempt, message, store, context);
	const emission = { message: unrecovered, delivery, claim, storeRecord, isRedelivered };
	return await emit(emission, context, response);
}

/** Who has sent it, and whether the body is what they have signed. */
async function verify(context: DeliveryContext): Promise<Verified<VerifiedDelivery>> {
	const sender = await verifyHeaders(context);
	if (!sender.ok) return sender;
	const body = await readBody(context);
	if (body.ok) return await verifyBody(sender.value, body.value, context);
	// The table of responses has an order: the timestamp comes first.
	const { isOutsideWindow, signedAt } = sender.value.headers;
	return isOutsideWindow ? failed(outsideWindow(signedAt, context.now)) : rejected(body.failure);
}

/** The responses to a delivery that starts nothing. */
function responsesTo(context: DeliveryContext, response: DeliveryResponse) {
	const { n8n, figures, parameters } = context;
	const accept = (as: 'duplicate' | 'filtered') => {
		figures[as]();
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
	const reject = (failure: Rejection | Late) => {
		if (failure === 'late') return retry();
		// One that was told to retry was not rejected.
		return response.isSent ? RESPOND_ONLY : rejectAndReport(failure, context, response);
	};
	return { accept, acceptTest, prove, retry, reject };
}

/** Rejects a delivery, and says so in the log, in the figures and, where it has to be, in n8n. */
function rejectAndReport(
	rejection: Rejection,
	context: DeliveryContext,
	response: DeliveryResponse,
): IWebhookResponseData {
	const { n8n, request, figures } = context;
	const { reason, hint } = rejection;
	logRejection(n8n, reason, request.headers, hint);
	if (request.headers[DELIVERY_HEADERS.eventType] === TEST_EVENT_TYPE) {
		// Its sender gets a report, and nobody else need hear of it.
		figures.refusedTest(reason);
		response.send(STATUS_BY_REASON[reason]);
		return RESPOND_ONLY;
	}
	figures.refused(rejection, request.headers[DELIVERY_HEADERS.deliveryId]);
	response.send(STATUS_BY_REASON[reason]);
	if (isFromExpert(reason)) expectMissing(n8n);
	return refusalAlert(context, response) ?? RESPOND_ONLY;
}
