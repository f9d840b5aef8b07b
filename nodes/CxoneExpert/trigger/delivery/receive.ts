import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import {
	type VerifiedDelivery,
	checkBody,
	checkHeaders,
	type RejectionReason,
	STATUS_BY_REASON,
} from './authenticate';
import { readBody } from './n8n/raw-body';
import { Deadline } from './deadline';
import { attemptOf, claimDelivery, openStore } from './dedup/dedup';
import { emit } from './emit';
import { logFault, logLate, logRefusal } from './log';
import { DeliveryResponse } from './n8n/response';
import { parseDelivery } from './parse';
import {
	openContext,
	type DeliveryContext,
	withCurrentCredential,
	withRecentCredential,
} from './context';
import { verifyBySite } from './verify-by-site';
import { selectWanted } from './wanted';

const RESPOND_ONLY: IWebhookResponseData = { noWebhookResponse: true };

/**
 * What n8n calls for each request: gives the delivery its response, and n8n the items.
 *
 * At the deadline the response is 503, whatever the journey is at: Expert retries. The journey goes on
 * all the same, so that a busy n8n gets the work done that it has begun, and the retry finds it done.
 * (Giving up instead was measured: a busy n8n began the same deliveries over and over, and took ten
 * times as long.)
 *
 * It never throws: n8n would respond 500 with a stack trace and record a failed execution.
 */
export async function receiveDelivery(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const deadline = new Deadline();
	const response = new DeliveryResponse(this.getResponseObject());
	const letGo = deadline.whenOver(() => {
		response.send(503);
		logLate(this);
	});
	try {
		return await receive(await openContext(this, deadline), response, letGo);
	} catch (error) {
		letGo();
		logFault(this, error);
		response.send(503);
		return RESPOND_ONLY;
	}
}

/** The journey: authenticate, read, select, remember, emit. The README has the table of responses. */
async function receive(
	cached: DeliveryContext,
	response: DeliveryResponse,
	letGoOfDeadline: () => void,
): Promise<IWebhookResponseData> {
	const respond = (status: number) => {
		letGoOfDeadline();
		response.send(status);
		return RESPOND_ONLY;
	};
	const refuse = (refusal: RejectionReason, hint?: string) => {
		// One that was told to retry was not refused.
		if (!response.isSent) logRefusal(cached.context, refusal, cached.request.headers, hint);
		return respond(STATUS_BY_REASON[refusal]);
	};

	const admission = await authenticateByCurrent(cached);
	if (admission === 'late') return respond(503);
	if ('refusal' in admission) return refuse(admission.refusal, admission.hint);
	const { authentic, receipt } = admission;

	const remembered = openStore(receipt);
	const attempt = attemptOf(authentic, receipt.now);
	if (remembered.store.isTooOld(attempt)) return refuse('timestamp outside the window');

	const contentType = receipt.request.headers['content-type'];
	const message = await selectWanted(parseDelivery(authentic.body, contentType), receipt);
	if (message === 'late') return respond(503);
	if (message === undefined) return respond(200);

	const claimed = await claimDelivery(remembered, attempt, message, receipt);
	if (claimed === 'done') return respond(200);
	if (claimed === 'busy') return respond(503);
	if (claimed === 'too old') return refuse('timestamp outside the window');

	letGoOfDeadline();
	return emit(message, authentic, claimed, receipt, response);
}

/** A delivery that Expert has sent, by this receipt's credential. */
interface Admission {
	authentic: VerifiedDelivery;
	receipt: DeliveryContext;
}

interface Rejection {
	refusal: RejectionReason;
	/** For the log. */
	hint?: string;
}

/** A refusal is permanent: what the cached credential refuses, the current one may accept. */
async function authenticateByCurrent(
	cached: DeliveryContext,
): Promise<Admission | Rejection | 'late'> {
	let admission = await authenticate(cached, checkBody);
	if (isRefusedAs('authorization wrong', admission)) {
		admission = await authenticate(await withRecentCredential(cached), checkBody);
	}
	if (isRefusedAs('signature wrong', admission)) {
		admission = await authenticate(await withCurrentCredential(cached), verifyBySite);
	}
	return admission;
}

function isRefusedAs(refusal: RejectionReason, admission: Admission | Rejection | 'late'): boolean {
	return admission !== 'late' && 'refusal' in admission && admission.refusal === refusal;
}

/**
 * By the headers alone where they are enough, then by the exact bytes.
 *
 * @param verify judges the bytes
 */
async function authenticate(
	receipt: DeliveryContext,
	verify: typeof checkBody | typeof verifyBySite,
): Promise<Admission | Rejection | 'late'> {
	const envelope = checkHeaders(receipt.request.headers, receipt.policy, receipt.now);
	if ('refusal' in envelope) return envelope;

	const body = await readBody(receipt.request, receipt.deadline);
	if ('refusal' in body) {
		// Its time is to blame first: the table of responses has an order.
		return envelope.isOutsideWindow ? { refusal: 'timestamp outside the window' } : body;
	}

	const authentic = await verify(envelope, body.bytes, receipt);
	if (authentic === 'late' || 'refusal' in authentic) return authentic;
	return { authentic, receipt };
}
