import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { apiSecret, type ExpertCredential } from '../../transport/authentication';

/**
 * The whole `Authorization` value that Expert must send with each delivery.
 *
 * Without a delivery token of the user's own it is derived from the API secret and the address of
 * the webhook, so that nothing secret is stored in the workflow and it survives the loss of all
 * stored data. Host and prefix are left out of the derivation: the token stays the same behind
 * another proxy or public address.
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
	const path = webhookUrl.split('/').slice(-2).join('/');
	const token = createHmac('sha256', secret)
		.update(`cxone-expert-delivery:${path}`)
		.digest('base64url');
	return `Bearer ${token}`;
}

/** Compares in a time that tells nothing about where, or in length, two values differ. */
export function isSameAuthorization(received: unknown, expected: string): boolean {
	if (typeof received !== 'string') return false;
	return timingSafeEqual(digest(received.trim()), digest(expected));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
