import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { VERIFIED_HEADER, type VerifiedParts } from '../../shared/test-delivery';
import { verifyBody, verifyHeaders } from './authenticate';
import { type DeliveryContext, openContext } from './context';
import { atDeadline, RESPONSE_DEADLINE_MS } from './deadline';
import { attemptOf, claimDelivery, mayHaveRunInEarlierProcess, openStore } from './dedup/dedup';
import { emit } from './emit';
import { filterDelivery } from './filter';
import { logFault, logRejection } from './log';
import { readBody } from './n8n/raw-body';
import { DeliveryResponse } from './n8n/response';
import { isTestDelivery, parseDelivery } from './parse';
import { type Late, type Rejection, STATUS_BY_REASON } from './rejection';
import { tellToRetry } from './respond';

const RESPOND_ONLY: IWebhookResponseData = { noWebhookResponse: true };
const TOO_OLD: Rejection = { reason: 'timestamp outside the window' };

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
		return await receive(openContext(this, arrivedAt), response);
	} catch (error) {
		logFault(this, error);
		response.send(503);
		return RESPOND_ONLY;
	} finally {
		// Whatever is left to wait for has a deadline of its own.
		cancelDeadline();
	}
}

/** The journey of a delivery. The README has the table of responses. */
async function receive(
	context: DeliveryContext,
	response: DeliveryResponse,
): Promise<IWebhookResponseData> {
	const { accept, acceptTest, retry, reject } = responsesTo(context, response);

	const sender = await verifyHeaders(context);
	if (!sender.ok) return reject(sender.failure);

	const body = await readBody(context);
	// The table of responses has an order: the timestamp comes first.
	if (!body.ok) return reject(sender.value.headers.isOutsideWindow ? TOO_OLD : body.failure);

	const verified = await verifyBody(sender.value, body.value, context);
	if (!verified.ok) return reject(verified.failure);
	const delivery = verified.value;

	// Not before the sender is proven: reading the record is too much work to give to a forger.
	const store = openStore(context);
	const attempt = attemptOf(delivery, context.now);
	if (store.isTooOldToVerify(attempt)) return reject(TOO_OLD);

	const parsed = parseDelivery(delivery.body, context.request.headers['content-type']);
	if (isTestDelivery(parsed)) return acceptTest();
	const message = await filterDelivery(parsed, delivery.credential, context);
	if (message === 'late') return retry();
	if (message === undefined) return accept();

	const claimed = await claimDelivery(store, attempt, context);
	if (claimed.kind === 'done') return accept();
	if (claimed.kind === 'busy') return retry();
	if (claimed.kind === 'too old') return reject(TOO_OLD);

	const isRedelivered =
		claimed.claim.mayHaveRun || mayHaveRunInEarlierProcess(attempt, message, context);
	return emit({ message, delivery, claim: claimed.claim, isRedelivered }, context, response);
}

/** The responses to a delivery that starts nothing. */
function responsesTo({ n8n, request, parameters }: DeliveryContext, response: DeliveryResponse) {
	const accept = () => {
		response.send(200);
		return RESPOND_ONLY;
	};
	const acceptTest = () => {
		const verified: VerifiedParts = parameters.verifySignature ? 'token, signature' : 'token';
		response.addHeader(VERIFIED_HEADER, verified);
		response.send(200);
		return RESPOND_ONLY;
	};
	const retry = () => {
		tellToRetry(n8n, response);
		return RESPOND_ONLY;
	};
	const reject = (failure: Rejection | Late) => {
		if (failure === 'late') return retry();
		const { reason, hint } = failure;
		// One that was told to retry was not rejected.
		if (!response.isSent) logRejection(n8n, reason, request.headers, hint);
		response.send(STATUS_BY_REASON[reason]);
		return RESPOND_ONLY;
	};
	return { accept, acceptTest, retry, reject };
}
