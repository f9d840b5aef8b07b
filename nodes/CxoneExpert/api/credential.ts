import { createHash, createHmac } from 'node:crypto';

import { siteOrigin } from './site-url';

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

/** @param now unix ms. A server token is valid for 5 minutes, so each call gets a new one. */
export function authenticationHeaders(credential: ExpertCredential, now: number): Record<string, string> {
	if (credential.authentication === 'serverToken') {
		return { 'X-Deki-Token': serverToken(credential, now) };
	}
	return { Authorization: `Bearer ${bareToken(credential)}` };
}

/** A user name gets a leading `=`, an id does not. Source: docs/vendor-facts.md#server-token. */
function serverToken(credential: ExpertCredential, now: number): string {
	const key = trimmed(credential.tokenKey);
	const epoch = Math.floor(now / 1000);
	const user = runAsUser(userOf(credential));
	const hash = createHmac('sha256', trimmed(credential.tokenSecret)).update(`${key}_${epoch}_${user}`).digest('hex');
	return `tkn_${key}_${epoch}_${user}_${hash}`;
}

/** Whether a server token would name nobody. */
export function lacksUser(credential: ExpertCredential): boolean {
	return credential.authentication === 'serverToken' && userOf(credential).replace(/^=/, '') === '';
}

/** An expression can give an ID as a number. */
function userOf({ runAsUser }: ExpertCredential): string {
	return String(runAsUser ?? '').trim();
}

function runAsUser(user: string): string {
	return /^\d+$/.test(user) || user.startsWith('=') ? user : `=${user}`;
}

export function apiSecret(credential: ExpertCredential): string {
	return credential.authentication === 'serverToken' ? trimmed(credential.tokenSecret) : bareToken(credential);
}

/** Cache key for access to the API, by site and token, that does not hold the token. */
export function accessKey(credential: ExpertCredential): string {
	return createHash('sha256')
		.update(`${siteOrigin(credential.siteUrl)} ${credential.runAsUser} ${apiSecret(credential)}`)
		.digest('hex');
}

/** Drops the scheme, which people paste along with the JWT. */
export function bareToken({ longTermToken }: ExpertCredential): string {
	return trimmed(longTermToken).replace(/^Bearer(\s+|$)/i, '');
}

/** Whether it looks like a JWT. */
export function isLongTermToken(credential: ExpertCredential): boolean {
	return bareToken(credential).split('.').length === 3;
}

export function hasSigningSecret({ signingSecret }: ExpertCredential): boolean {
	return trimmed(signingSecret) !== '';
}

export function signingSecrets(credential: ExpertCredential): string[] {
	const { signingSecret, previousSigningSecret } = credential;
	return [signingSecret, previousSigningSecret].map(trimmed).filter((secret) => secret !== '');
}

/** Only `true` with both secrets blank disables the check; an unreadable secret keeps it on. */
export function acceptsUnsigned(credential: ExpertCredential): boolean {
	const { acceptUnsigned, signingSecret, previousSigningSecret } = credential;
	return acceptUnsigned === true && [signingSecret, previousSigningSecret].every(isBlank);
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function trimmed(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
