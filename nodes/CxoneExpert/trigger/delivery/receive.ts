import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { Answer, Deadline } from './answer';
import { checkBody, checkHeaders, type Refusal, STATUS } from './authenticate';
import { readBody } from './body';
import { emit } from './emit';
import { logFault, logLate, logRefusal } from './log';
import { readMessage } from './read';
import { openReceipt, type Receipt } from './receipt';
import { claimDelivery, openMemory } from './remember';
import { select } from './select';

/**
 * What n8n calls for each request: gives the delivery its answer, and n8n the items.
 *
 * It never throws: n8n would answer 500 with a stack trace and record a failed execution.
 */
export async function receiveDelivery(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const deadline = new Deadline();
	const answer = new Answer(this.getResponseObject(), deadline, () => logLate(this));
	try {
		return await receive(await openReceipt(this, deadline), answer);
	} catch (error) {
		logFault(this, error);
		return answer.sendAndReturn(503);
	}
}

/** The journey: authenticate, read, select, remember, emit. The README has the answer table. */
async function receive(receipt: Receipt, answer: Answer): Promise<IWebhookResponseData> {
	const { headers } = receipt.request;
	const refuse = (refusal: Refusal) => {
		// One that was asked to come again was not refused.
		if (!answer.isSent) logRefusal(receipt.context, refusal, headers);
		return answer.sendAndReturn(STATUS[refusal]);
	};

	const envelope = checkHeaders(headers, receipt.policy, receipt.now);
	if ('refusal' in envelope) return refuse(envelope.refusal);

	const remembered = openMemory(receipt);
	if (remembered.refusesAsOld(envelope)) return refuse('timestamp outside the window');

	const body = await readBody(receipt.request);
	if ('refusal' in body) return refuse(body.refusal);

	const authentic = checkBody(envelope, body.bytes, receipt.policy);
	if ('refusal' in authentic) return refuse(authentic.refusal);

	// Once more: a sender that holds the body back can wait until its first copy is forgotten.
	if (remembered.refusesAsOld(authentic)) return refuse('timestamp outside the window');

	const message = select(readMessage(authentic.body, headers['content-type']), receipt.parameters);
	if (message === undefined) return answer.sendAndReturn(200);

	const claim = await claimDelivery(remembered, authentic, message, receipt);
	if (claim === 'done') return answer.sendAndReturn(200);
	if (claim === 'busy') return answer.sendAndReturn(503);

	return emit(message, authentic, claim, receipt, answer);
}
