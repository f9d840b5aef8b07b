import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { Answer } from './answer';
import {
	type Authentic,
	checkBody,
	checkHeaders,
	isByCredential,
	type Refusal,
	STATUS,
} from './authenticate';
import { readBody } from './body';
import { Deadline } from './deadline';
import { emit } from './emit';
import { logFault, logLate, logRefusal } from './log';
import { readMessage } from './read';
import { openReceipt, type Receipt, withCurrentCredential } from './receipt';
import { claimDelivery, type NodeMemory, openMemory } from './remember';
import { selectWanted } from './wanted';

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
async function receive(kept: Receipt, answer: Answer): Promise<IWebhookResponseData> {
	const { headers } = kept.request;
	const admission = await authenticateByCurrent(kept);
	if ('refusal' in admission) {
		// One that was asked to come again was not refused.
		if (!answer.isSent) logRefusal(kept.context, admission.refusal, headers);
		return answer.sendAndReturn(STATUS[admission.refusal]);
	}
	const { authentic, remembered, receipt } = admission;

	const message = await selectWanted(readMessage(authentic.body, headers['content-type']), receipt);
	if (message === 'late') return answer.sendAndReturn(503);
	if (message === undefined) return answer.sendAndReturn(200);

	const claim = await claimDelivery(remembered, authentic, message, receipt);
	if (claim === 'done') return answer.sendAndReturn(200);
	if (claim === 'busy') return answer.sendAndReturn(503);

	return emit(message, authentic, claim, receipt, answer);
}

/** A delivery that Expert has sent, by this receipt's credential. */
interface Admission {
	authentic: Authentic;
	remembered: NodeMemory;
	receipt: Receipt;
}

/** A refusal is for good: what the kept credential refuses, the current one may accept. */
async function authenticateByCurrent(kept: Receipt): Promise<Admission | { refusal: Refusal }> {
	const admission = await authenticate(kept);
	if (!('refusal' in admission) || !isByCredential(admission.refusal)) return admission;
	return await authenticate(await withCurrentCredential(kept));
}

/** By the headers alone where they are enough, then by the exact bytes. */
async function authenticate(receipt: Receipt): Promise<Admission | { refusal: Refusal }> {
	const envelope = checkHeaders(receipt.request.headers, receipt.policy, receipt.now);
	if ('refusal' in envelope) return envelope;

	const remembered = openMemory(receipt);
	if (remembered.refusesAsOld(envelope)) return { refusal: 'timestamp outside the window' };

	const body = await readBody(receipt.request, receipt.deadline);
	if ('refusal' in body) return body;

	const authentic = checkBody(envelope, body.bytes, receipt.policy);
	if ('refusal' in authentic) return authentic;

	// Once more: a sender that holds the body back can wait until its first copy is forgotten.
	if (remembered.refusesAsOld(authentic)) return { refusal: 'timestamp outside the window' };
	return { authentic, remembered, receipt };
}
