import { randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { HttpResponse } from '../../../api/client';
import type { ExpertCredential } from '../../../api/credential';
import { apiTime } from '../../../api/elements';
import { sendAnonymously } from '../../../api/http';
import { writeXml } from '../../../api/xml';
import { DELIVERY_HEADERS } from '../../../protocol/headers';
import { signatureHeader } from '../../../protocol/signature';
import { PROOF_HEADER, TEST_EVENT_TYPE } from '../../../protocol/test-delivery';
import { addressProof } from '../../../protocol/token';

/** Waits longer than Expert's one second, to report how long it took. */
export const TEST_TIMEOUT_MS = 10_000;

/** No trigger accepts this ID; n8n's log shows `?` for each space. */
const ID_FOR_TOKEN_ONLY = 'n8n-test of the token alone';

export interface TestOutcome {
	deliveryId: string;
	/** Status 0 if there was none. */
	response: HttpResponse;
	responseMs: number;
	/** Whether the trigger accepts the token alone; known after 401 only. */
	isTokenAccepted?: boolean;
}

export interface Asked extends TestOutcome {
	isProven: boolean;
}

/**
 * Asks for proof that a trigger with this credential serves this address: nobody else can give it, not even a
 * Webhook node that passes the question on to the trigger. Sends nothing secret.
 */
export async function askForTrigger(n8n: IExecuteFunctions, url: string, credential: ExpertCredential): Promise<Asked> {
	const outcome = await deliver(n8n, url, testEvent());
	const proof = addressProof(credential, url, outcome.deliveryId);
	const isProven = proof !== undefined && outcome.response.headers[PROOF_HEADER] === proof;
	return { ...outcome, isProven };
}

interface TestDelivery {
	url: string;
	/** The whole header value. Secret. */
	authorization: string;
	/** Secret; unsigned without it. */
	signingSecret: string | undefined;
}

/**
 * Sends a delivery as Expert does, of an event type that starts nothing. The trigger refuses a wrong token and
 * a wrong signature with the same 401, so a second delivery tells them apart: with the right token, its
 * malformed ID gives 400.
 */
export async function sendTest(n8n: IExecuteFunctions, test: TestDelivery): Promise<TestOutcome> {
	const { url, authorization: Authorization, signingSecret: secret } = test;
	const body = testEvent();
	const timestamp = String(Math.floor(Date.now() / 1000));
	const signature = secret && signatureHeader(secret, timestamp, body);
	const outcome = await deliver(n8n, url, body, {
		Authorization,
		[DELIVERY_HEADERS.timestamp]: timestamp,
		...(signature && { [DELIVERY_HEADERS.signature]: signature }),
	});
	if (outcome.response.status !== 401) return outcome;
	const { response } = await deliver(n8n, url, body, { Authorization }, ID_FOR_TOKEN_ONLY);
	// If it is too busy for the second one, what was wrong with the first stays open.
	if (![400, 401].includes(response.status)) return { ...outcome, response };
	return { ...outcome, isTokenAccepted: response.status === 400 };
}

async function deliver(
	n8n: IExecuteFunctions,
	url: string,
	body: Buffer,
	headers: Record<string, string> = {},
	deliveryId = `n8n-test-${randomUUID()}`,
): Promise<TestOutcome> {
	const startedAt = performance.now();
	const response = await sendAnonymously(n8n, {
		url,
		method: 'POST',
		headers: {
			'Content-Type': 'text/xml',
			[DELIVERY_HEADERS.eventType]: TEST_EVENT_TYPE,
			[DELIVERY_HEADERS.deliveryId]: deliveryId,
			...headers,
		},
		body,
		encoding: 'text',
		timeout: TEST_TIMEOUT_MS,
	});
	return { deliveryId, response, responseMs: Math.round(performance.now() - startedAt) };
}

/** Form: docs/vendor-facts.md#event-document. */
function testEvent(): Buffer {
	const [id, datetime] = [randomUUID(), apiTime(Date.now())];
	const event = { '@id': id, '@datetime': datetime, '@type': TEST_EVENT_TYPE };
	return Buffer.from(writeXml('event', event));
}
