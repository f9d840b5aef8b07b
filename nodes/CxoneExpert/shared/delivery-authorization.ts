import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { apiSecret, type ExpertCredential } from '../api/credential';
import type { UserMessage } from './failure-messages';
import { normalizedUrl } from './webhook-url';

/**
 * The whole `Authorization` value that Expert must send with each delivery.
 *
 * Without a delivery token of the user's own it is derived from the API secret and the address of
 * the webhook, so that nothing secret is stored in the workflow and it survives the loss of all
 * stored data. Host and prefix are left out of the derivation: the token stays the same behind
 * another proxy or public address, and in a test. `docs/security.md` says what that means.
 *
 * @returns `undefined` when there is no secret to derive it from: anyone could work out the token
 */
export function deliveryAuthorization(
	credential: ExpertCredential,
	webhookUrl: string,
): string | undefined {
	const own = credential.deliveryToken?.trim();
	if (own !== undefined && own !== '') return own;
	const secret = apiSecret(credential);
	if (secret === '') return undefined;
	const token = createHmac('sha256', secret)
		.update(`cxone-expert-delivery:${nodePath(webhookUrl)}`)
		.digest('base64url');
	return `Bearer ${token}`;
}

/** What is wrong with the delivery token that a person has entered; none is fine. */
export function deliveryTokenProblem({ deliveryToken }: ExpertCredential): UserMessage | undefined {
	const token = deliveryToken?.trim() ?? '';
	if (token === '' || /^(Bearer|Basic) [\x21-\x7e]+$/i.test(token)) return undefined;
	return {
		message: 'The delivery token is not a whole Authorization value',
		description:
			'Enter the Delivery Token in the CXone Expert API credential as "Bearer …" or "Basic …", or leave it empty to have one made for you.',
	};
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The part of an address that belongs to one node: `<webhook id>/webhook`, or
 * `<workflow id>/<node name>/webhook` for a node without a webhook id of its own.
 *
 * n8n's endpoint stands before it (`webhook`, in a test `webhook-test`). Where it is not to be seen,
 * because N8N_ENDPOINT_WEBHOOK gives it another name, a webhook id is known by its form, and one that
 * is no UUID has the endpoint with it: no two nodes have one path in any case.
 */
function nodePath(webhookUrl: string): string {
	const segments = normalizedUrl(webhookUrl).split('/');
	const [fourthLast, thirdLast, id = ''] = segments.slice(-4);
	const isLong = isEndpoint(fourthLast);
	const isShort = isEndpoint(thirdLast);
	const hasOwnId = isShort === isLong ? UUID.test(id) : isShort;
	return segments.slice(hasOwnId ? -2 : -3).join('/');
}

function isEndpoint(segment = ''): boolean {
	return segment === 'webhook' || segment === 'webhook-test';
}

/** Compares in a time that tells nothing about where, or in length, two values differ. */
export function isSameAuthorization(received: unknown, expected: string): boolean {
	if (typeof received !== 'string') return false;
	return timingSafeEqual(digest(received.trim()), digest(expected));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
