import { bareToken, type ExpertCredential } from './credential';
import type { UserMessage } from './expert-error';

/** Days before a token expires: from the first on people are warned, at each a workflow says so by itself. */
export const EXPIRY_STEPS_DAYS = [30, 7, 1] as const;
const DAY_MS = 86_400_000;
/** Largest time that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

/**
 * When the long-term token expires. Source: docs/vendor-facts.md#long-term-token.
 *
 * @returns `undefined` for a server token, and for anything that is not a JWT with an expiry
 */
export function tokenExpiry(credential: ExpertCredential): Date | undefined {
	if (credential.authentication === 'serverToken') return undefined;
	return jwtExpiry(bareToken(credential));
}

/**
 * When a JWT that a person has entered as delivery token expires; one that is derived does not. Source:
 * docs/vendor-facts.md#authorization-header-of-deliveries.
 */
export function deliveryTokenExpiry({ deliveryToken = '' }: ExpertCredential): Date | undefined {
	const [, token] = /^Bearer (\S+)$/i.exec(deliveryToken.trim()) ?? [];
	return token === undefined ? undefined : jwtExpiry(token);
}

/** The `exp` claim (unix seconds), read without verifying the signature, which only the site can do. */
function jwtExpiry(token: string): Date | undefined {
	const exp = expiryClaim(token);
	if (typeof exp !== 'number' || !(exp > 0) || exp * 1000 > MAX_TIME_MS) return undefined;
	return new Date(exp * 1000);
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

/**
 * What to do about each token of the credential that has expired or will within 30 days.
 *
 * @param now unix time in ms
 */
export function expiryWarnings(credential: ExpertCredential, now: number): string[] {
	return expiringTokens(credential)
		.filter((token) => daysLeft(token, now) <= EXPIRY_STEPS_DAYS[0])
		.map((token) => warning(token, now))
		.map(({ message, description }) => `${message}. ${description}`);
}

/** What to do about a long-term token that has expired; `undefined` when it has not, or nobody knows. */
export function expiredToken(credential: ExpertCredential, now: number): UserMessage | undefined {
	const [token] = longTermToken(credential);
	return token !== undefined && daysLeft(token, now) <= 0 ? warning(token, now) : undefined;
}

/** Until when each token of the credential that expires is valid. */
export function validities(credential: ExpertCredential, now: number): string[] {
	return expiringTokens(credential).map((token) => `${validity(token, now)}.`);
}

/** A token that expires soon. */
export interface ExpiryStep {
	token: TokenName;
	/** Unix ms. */
	expiresAt: number;
	/** The last of {@link EXPIRY_STEPS_DAYS} that it has reached. */
	days: number;
	message: UserMessage;
}

/** The step of each token of the credential that has reached one and has not expired yet. */
export function expirySteps(credential: ExpertCredential, now: number): ExpiryStep[] {
	return expiringTokens(credential).flatMap((token) => {
		const left = daysLeft(token, now);
		const days = EXPIRY_STEPS_DAYS.filter((step) => left <= step).at(-1);
		if (days === undefined || left <= 0) return [];
		const expiresAt = token.expiry.getTime();
		return [{ token: token.name, expiresAt, days, message: warning(token, now) }];
	});
}

export type TokenName = 'long-term token' | 'delivery token';

interface ExpiringToken {
	name: TokenName;
	expiry: Date;
	/** What to do about it. */
	renewal: string;
}

function expiringTokens(credential: ExpertCredential): ExpiringToken[] {
	return [...longTermToken(credential), ...deliveryToken(credential)];
}

function longTermToken(credential: ExpertCredential): ExpiringToken[] {
	const expiry = tokenExpiry(credential);
	return expiry ? [{ name: 'long-term token', expiry, renewal: renewal(credential) }] : [];
}

function deliveryToken(credential: ExpertCredential): ExpiringToken[] {
	const expiry = deliveryTokenExpiry(credential);
	return expiry ? [{ name: 'delivery token', expiry, renewal: DELIVERY_TOKEN_RENEWAL }] : [];
}

const PUBLISH = 'unpublish and publish each workflow with the trigger.';

const DELIVERY_TOKEN_RENEWAL = `The trigger does not check that date; a gateway in front of n8n that does would refuse deliveries. Enter a new one as Delivery Token in the CXone Expert API credential, then ${PUBLISH}`;

function renewal({ deliveryToken: own = '' }: ExpertCredential): string {
	const next =
		'Create a new one under Site Tools > Dashboard > Integrations > API Token Management in Expert, and enter it in the CXone Expert API credential.';
	// The delivery token is derived from it, and the site has to learn the new one.
	return own.trim() === '' ? `${next} Then ${PUBLISH}` : next;
}

function warning(token: ExpiringToken, now: number): UserMessage {
	return { message: validity(token, now), description: token.renewal };
}

/** Says until when a token is valid, with the date in UTC. */
function validity(token: ExpiringToken, now: number): string {
	const { name, expiry } = token;
	const [day] = expiry.toISOString().split('T');
	const days = daysLeft(token, now);
	if (days <= 0) return `The ${name} expired on ${day}`;
	if (days > EXPIRY_STEPS_DAYS[0]) return `The ${name} is valid until ${day}`;
	return `The ${name} expires ${days === 1 ? 'within a day' : `in ${days} days`}, on ${day}`;
}

/** Begun ones count: 1 on the last day, 0 or less afterwards. */
function daysLeft({ expiry }: ExpiringToken, now: number): number {
	return Math.ceil((expiry.getTime() - now) / DAY_MS);
}
