import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { apiSecret, type ExpertCredential } from '../api/credential';
import { refusal, type UserMessage } from '../api/expert-error';
import { normalizedUrl } from '../api/webhook-url';

/**
 * The whole `Authorization` value that Expert must send with each delivery to an address.
 *
 * Without a delivery token of the user's own it is derived from the API secret and the whole address,
 * so that nothing secret is stored in the workflow and it survives the loss of all stored data. What is
 * sent to one address proves nothing at another one. `docs/security.md` says what that means.
 *
 * @returns `undefined` when there is no secret to derive it from: anyone could work out the token
 */
export function deliveryAuthorization(
	credential: ExpertCredential,
	webhookUrl: string,
): string | undefined {
	const own = ownDeliveryToken(credential);
	if (own !== '') return own;
	const token = derived(credential, `cxone-expert-delivery:${normalizedUrl(webhookUrl)}`);
	return token && `Bearer ${token}`;
}

/** Whether a person has entered a delivery token: all triggers with this credential share it. */
export function hasOwnDeliveryToken(credential: ExpertCredential): boolean {
	return ownDeliveryToken(credential) !== '';
}

function ownDeliveryToken({ deliveryToken }: ExpertCredential): string {
	return deliveryToken?.trim() ?? '';
}

/**
 * Shows that whoever gives it serves this address and has the API secret of this credential. It says
 * nothing of the token, and is good for this challenge and this address only.
 */
export function addressProof(
	credential: ExpertCredential,
	webhookUrl: string,
	challenge: string,
): string | undefined {
	const asked = JSON.stringify([normalizedUrl(webhookUrl), challenge]);
	return derived(credential, `cxone-expert-address:${asked}`);
}

function derived(credential: ExpertCredential, text: string): string | undefined {
	const secret = apiSecret(credential);
	if (secret === '') return undefined;
	return createHmac('sha256', secret).update(text).digest('base64url');
}

/**
 * As {@link deliveryAuthorization}.
 *
 * @throws ExpertError when a person has entered half of one, or there is nothing to derive one from
 */
export function requiredAuthorization(credential: ExpertCredential, webhookUrl: string): string {
	const own = ownDeliveryToken(credential);
	if (own !== '' && !/^(Bearer|Basic) [\x21-\x7e]+$/i.test(own)) throw refusal(HALF_A_TOKEN);
	const authorization = deliveryAuthorization(credential, webhookUrl);
	if (authorization === undefined) throw refusal(NO_API_TOKEN);
	return authorization;
}

const HALF_A_TOKEN: UserMessage = {
	message: 'The delivery token is not a whole Authorization value',
	description:
		'Enter the Delivery Token in the CXone Expert API credential as "Bearer …" or "Basic …", or leave it empty to have one made for you.',
};

export const NO_API_TOKEN: UserMessage = {
	message: 'The credential has no token for the Expert API',
	description:
		'Open the CXone Expert API credential and enter the long-term token, or the key, secret and user of a server token.',
};

/** Compares in a time that tells nothing about where, or in length, two values differ. */
export function isSameAuthorization(received: unknown, expected: string): boolean {
	if (typeof received !== 'string') return false;
	return timingSafeEqual(digest(received.trim()), digest(expected));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
