import { DAY_MS } from '../durations';
import { bareToken, type ExpertCredential } from './credential';
import type { UserMessage } from './expert-error';

/** Warnings begin at the first of these; the trigger reports each. */
export const EXPIRY_STEPS_DAYS = [30, 7, 1] as const;

const NEW_TOKEN =
	'Create a new one under Site Tools > Dashboard > Integrations > API Token Management in Expert, and enter it in the CXone Expert API credential.';
const NEW_DELIVERY_TOKEN = `The trigger does not check that date; a gateway in front of n8n that does would refuse deliveries. Enter a new one as Delivery Token in the CXone Expert API credential, then unpublish and publish each workflow with the trigger.`;

/** A token with an expiry date. `message` says until when it is valid, `description` how to replace it. */
export interface ExpiringToken extends UserMessage {
	name: 'long-term token' | 'delivery token';
	expiresAt: Date;
	/** Rounded up: 1 on the last day, 0 or less once expired. */
	daysLeft: number;
}

/**
 * Finds the JWTs of a credential. Server tokens and derived delivery tokens never expire.
 * Sources: docs/vendor-facts.md#long-term-token, #authorization-header-of-deliveries.
 *
 * @param now unix ms
 */
export function expiringTokens(credential: ExpertCredential, now: number): ExpiringToken[] {
	const { authentication, deliveryToken = '' } = credential;
	const longTerm = authentication === 'serverToken' ? '' : bareToken(credential);
	const [, delivery = ''] = /^Bearer (\S+)$/i.exec(deliveryToken.trim()) ?? [];
	return [
		...expiring('long-term token', longTerm, NEW_TOKEN, now),
		...expiring('delivery token', delivery, NEW_DELIVERY_TOKEN, now),
	];
}

/** One text for each token that has expired or will within 30 days. */
export function expiryWarnings(credential: ExpertCredential, now: number): string[] {
	return expiringTokens(credential, now)
		.filter(({ daysLeft }) => daysLeft <= EXPIRY_STEPS_DAYS[0])
		.map(({ message, description }) => `${message}. ${description}`);
}

/** Returns the long-term token if it has expired: a reason for a refusal that the site itself never gives. */
export function expiredToken(credential: ExpertCredential, now: number): ExpiringToken | undefined {
	return expiringTokens(credential, now).find(({ name, daysLeft }) => name === 'long-term token' && daysLeft <= 0);
}

function expiring(name: ExpiringToken['name'], jwt: string, description: string, now: number): ExpiringToken[] {
	const expiresAt = jwtExpiry(jwt);
	if (expiresAt === undefined) return [];
	const daysLeft = Math.ceil((expiresAt.getTime() - now) / DAY_MS);
	const [day = ''] = expiresAt.toISOString().split('T');
	return [{ name, expiresAt, daysLeft, message: `The ${name} ${validity(daysLeft, day)}`, description }];
}

/** @param day UTC */
function validity(daysLeft: number, day: string): string {
	if (daysLeft <= 0) return `expired on ${day}`;
	if (daysLeft > EXPIRY_STEPS_DAYS[0]) return `is valid until ${day}`;
	return `expires ${daysLeft === 1 ? 'within a day' : `in ${daysLeft} days`}, on ${day}`;
}

/** Reads `exp` (unix seconds) without verifying the signature; only the site can do that. */
function jwtExpiry(token: string): Date | undefined {
	const exp = expiryClaim(token);
	const expiresAt = new Date(typeof exp === 'number' && exp > 0 ? exp * 1000 : NaN);
	return Number.isNaN(expiresAt.getTime()) ? undefined : expiresAt;
}

function expiryClaim(token: string): unknown {
	const [, payload = ''] = token.split('.');
	try {
		const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
		return claims.exp;
	} catch {
		return undefined;
	}
}
