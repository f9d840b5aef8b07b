import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { apiSecret, type ExpertCredential } from '../api/credential';
import { credentialRefusal, type UserMessage } from '../api/expert-error';
import { normalizedUrl } from '../api/webhook-url';

/**
 * Returns the `Authorization` value that Expert must send with each delivery to an address.
 *
 * Unless the user entered a delivery token, it is derived from the API secret and the whole
 * address. So the workflow stores nothing secret, the token survives the loss of stored data, and
 * what is sent to one address proves nothing at another: see `docs/security.md`.
 *
 * @returns `undefined` without a secret to derive it from: anyone could compute the token
 */
export function deliveryAuthorization(credential: ExpertCredential, webhookUrl: string): string | undefined {
	const own = ownDeliveryToken(credential);
	if (own !== '') return own;
	const token = derived(credential, `cxone-expert-delivery:${normalizedUrl(webhookUrl)}`);
	return token && `Bearer ${token}`;
}

function ownDeliveryToken({ deliveryToken }: ExpertCredential): string {
	return deliveryToken?.trim() ?? '';
}

/**
 * Proves that the responder serves this address and has the credential's API secret. Reveals
 * nothing about the token, and is valid for this challenge and address only.
 */
export function addressProof(credential: ExpertCredential, webhookUrl: string, challenge: string): string | undefined {
	const asked = JSON.stringify([normalizedUrl(webhookUrl), challenge]);
	return derived(credential, `cxone-expert-address:${asked}`);
}

function derived(credential: ExpertCredential, text: string): string | undefined {
	const secret = apiSecret(credential);
	if (secret === '') return undefined;
	return createHmac('sha256', secret).update(text).digest('base64url');
}

/** @throws ExpertError for an incomplete token, or without a secret to derive one from */
export function requiredAuthorization(credential: ExpertCredential, webhookUrl: string): string {
	const own = ownDeliveryToken(credential);
	if (own !== '' && !/^(Bearer|Basic) [\x21-\x7e]+$/i.test(own)) throw credentialRefusal(INCOMPLETE_TOKEN);
	const authorization = deliveryAuthorization(credential, webhookUrl);
	if (authorization === undefined) throw credentialRefusal(NO_API_TOKEN);
	return authorization;
}

const INCOMPLETE_TOKEN: UserMessage = {
	message: 'The delivery token is not a whole Authorization value',
	description:
		'Enter the Delivery Token in the CXone Expert API credential as "Bearer …" or "Basic …", or leave it empty to have one made for you.',
};

export const NO_API_TOKEN: UserMessage = {
	message: 'The credential has no token for the Expert API',
	description:
		'Open the CXone Expert API credential and enter the long-term token, or the key, secret and user of a server token.',
};

/** Compares in constant time, so that nothing leaks about position or length. */
export function isSameAuthorization(received: unknown, expected: string): boolean {
	if (typeof received !== 'string') return false;
	return timingSafeEqual(digest(received.trim()), digest(expected));
}

/**
 * Recognises the `Authorization` that is registered, also after the credential has changed. It can be
 * stored: nobody guesses a derived token from its hash. One that a person has chosen may be weak, so
 * its hash is keyed with the API secret.
 */
export function authorizationDigest(credential: ExpertCredential, authorization: string): string {
	const isOwn = ownDeliveryToken(credential) !== '';
	const [plain, keyed = ''] = digestsOf(credential, authorization);
	return isOwn ? keyed : plain;
}

/** Compares in constant time. @param registered see {@link authorizationDigest} */
export function isRegistered(received: unknown, credential: ExpertCredential, registered: string | undefined): boolean {
	if (typeof received !== 'string' || !registered) return false;
	const digests = digestsOf(credential, received.trim());
	return digests.some((each) => isSameAuthorization(each, registered));
}

function digestsOf(credential: ExpertCredential, authorization: string) {
	const keyed = derived(credential, `cxone-expert-registered:${authorization}`);
	return [digest(authorization).toString('base64url'), keyed] as const;
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
