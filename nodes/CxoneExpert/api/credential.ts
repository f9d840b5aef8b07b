import { createHash, createHmac } from 'node:crypto';

import { siteOrigin } from './site-url';

/** The fields of the credential `cxoneExpertApi`, as n8n hands them over. */
export interface ExpertCredential {
	siteUrl?: string;
	authentication?: 'jwt' | 'serverToken';
	longTermToken?: string;
	tokenKey?: string;
	tokenSecret?: string;
	runAsUser?: string;
	signingSecret?: string;
	acceptUnsigned?: boolean;
	previousSigningSecret?: string;
	deliveryToken?: string;
}

/**
 * The header that proves to Expert who is calling.
 *
 * @param now unix time in ms; a server token is valid for 5 minutes, so it is made for each call
 */
export function authenticationHeaders(
	credential: ExpertCredential,
	now: number,
): Record<string, string> {
	if (credential.authentication === 'serverToken') {
		return { 'X-Deki-Token': serverToken(credential, now) };
	}
	return { Authorization: `Bearer ${bareToken(credential)}` };
}

/**
 * `tkn_{key}_{epoch}_{user}_{hash}`, where a user name carries a leading `=` and an id does not.
 * Source: docs/vendor-facts.md#server-token.
 */
function serverToken(credential: ExpertCredential, now: number): string {
	const key = trimmed(credential.tokenKey);
	const epoch = Math.floor(now / 1000);
	const user = runAsUser(trimmed(credential.runAsUser));
	const hash = createHmac('sha256', trimmed(credential.tokenSecret))
		.update(`${key}_${epoch}_${user}`)
		.digest('hex');
	return `tkn_${key}_${epoch}_${user}_${hash}`;
}

function runAsUser(user: string): string {
	return /^\d+$/.test(user) || user.startsWith('=') ? user : `=${user}`;
}

/** The secret that the API accepts as ours: the JWT, or the secret of the server token. */
export function apiSecret(credential: ExpertCredential): string {
	return credential.authentication === 'serverToken'
		? trimmed(credential.tokenSecret)
		: bareToken(credential);
}

/** Tells accesses to the API apart, by site and token, without keeping the token. */
export function accessKey(credential: ExpertCredential): string {
	return createHash('sha256')
		.update(`${siteOrigin(credential.siteUrl)} ${credential.runAsUser} ${apiSecret(credential)}`)
		.digest('hex');
}

/** The bare JWT: people also paste it with the scheme that some pages show before it. */
export function bareToken({ longTermToken }: ExpertCredential): string {
	return trimmed(longTermToken).replace(/^Bearer(\s+|$)/i, '');
}

/** White space is none. */
export function hasSigningSecret({ signingSecret }: ExpertCredential): boolean {
	return trimmed(signingSecret) !== '';
}

/** What signatures are verified with: the signing secret, then the previous one. */
export function signingSecrets(credential: ExpertCredential): string[] {
	const { signingSecret, previousSigningSecret } = credential;
	return [signingSecret, previousSigningSecret].map(trimmed).filter((secret) => secret !== '');
}

/**
 * Whether deliveries count without a signature. Everything that is not exactly that keeps the check on: a secret
 * in either field, also one that cannot be read, and any value of the switch but `true`.
 */
export function acceptsUnsigned(credential: ExpertCredential): boolean {
	const { acceptUnsigned, signingSecret, previousSigningSecret } = credential;
	return acceptUnsigned === true && [signingSecret, previousSigningSecret].every(isBlank);
}

function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

function trimmed(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
