import { bareToken, type ExpertCredential } from './credential';

/** Days before the long-term token expires from which people are warned. */
const WARNING_DAYS = 30;
const DAY_MS = 86_400_000;
/** Largest time that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

/**
 * When the long-term token expires: its `exp` claim (unix seconds), read without verifying the
 * signature, which only the site can do. Source: docs/vendor-facts.md#long-term-token.
 *
 * @returns `undefined` for a server token, and for anything that is not a JWT with an expiry
 */
export function tokenExpiry(credential: ExpertCredential): Date | undefined {
	if (credential.authentication === 'serverToken') return undefined;
	const exp = expiryClaim(bareToken(credential));
	if (typeof exp !== 'number' || !(exp > 0) || exp * 1000 > MAX_TIME_MS) return undefined;
	return new Date(exp * 1000);
}

/**
 * What to do about a long-term token that has expired or will within 30 days; `undefined` when there
 * is nothing to do.
 *
 * @param now unix time in ms
 */
export function expiryWarning(credential: ExpertCredential, now: number): string | undefined {
	const expiry = tokenExpiry(credential);
	if (expiry === undefined || expiry.getTime() - now > WARNING_DAYS * DAY_MS) return undefined;
	return `${validity(expiry, now)} ${renewal(credential)}`;
}

/** What to do about a long-term token that has expired; `undefined` when it has not, or nobody knows. */
export function expiredToken(credential: ExpertCredential, now: number): string | undefined {
	const expiry = tokenExpiry(credential);
	return expiry !== undefined && expiry.getTime() <= now
		? expiryWarning(credential, now)
		: undefined;
}

/** Says until when a long-term token is valid, with the date in UTC. */
export function validity(expiry: Date, now: number): string {
	const [day] = expiry.toISOString().split('T');
	return expiry.getTime() > now
		? `The long-term token is valid until ${day}.`
		: `The long-term token expired on ${day}.`;
}

function renewal({ deliveryToken = '' }: ExpertCredential): string {
	const next =
		'Create a new one under Site Tools > Dashboard > Integrations > API Token Management in Expert, and enter it in the CXone Expert API credential.';
	// The delivery token is derived from it, and the site has to learn the new one.
	return deliveryToken.trim() === ''
		? `${next} Then unpublish and publish each workflow with the trigger.`
		: next;
}

function expiryClaim(token: string): unknown {
	const [, payload = ''] = token.split('.');
	try {
		const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
		return (claims as { exp?: unknown } | null)?.exp;
	} catch {
		return undefined;
	}
}
