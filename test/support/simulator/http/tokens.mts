import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ASSUMED, type Settings } from '../settings.mts';
import { siteNow } from '../site/clock.mts';
import { endOfLongTermToken, type User, type Users } from '../site/users.mts';

/**
 * A call without a good token runs as Anonymous (docs/vendor-facts.md#anonymous-responses), or is
 * `undefined` where the setting `refuseBadTokens` wants 401.
 */
export function callerOf(
	headers: IncomingHttpHeaders,
	users: Users,
	jwts: ReadonlyMap<string, User>,
	settings: Settings,
): User | undefined {
	const now = siteNow(settings).getTime();
	const user = userOfToken(headers, users, jwts, now, settings);
	if (user) return user;
	return settings.refuseBadTokens ? undefined : users.anonymous;
}

function userOfToken(
	headers: IncomingHttpHeaders,
	users: Users,
	jwts: ReadonlyMap<string, User>,
	now: number,
	settings: Settings,
): User | undefined {
	const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
	if (bearer !== undefined) {
		const user = jwts.get(bearer);
		return user && endOfLongTermToken(bearer) > now ? user : undefined;
	}
	const token = headers['x-deki-token'];
	const name = typeof token === 'string' ? userOfServerToken(token, now, settings) : undefined;
	return name === undefined ? undefined : users.find(name.replace(/^=/, ''));
}

export interface ServerTokenParts {
	key: string;
	secret: string;
	/** Numeric id, or `=` and the username. */
	user: string;
	/** Unix seconds. */
	epoch: number;
}

/** Value of X-Deki-Token: see docs/vendor-facts.md#server-token. */
export function makeServerToken(parts: ServerTokenParts): string {
	return `tkn_${parts.key}_${parts.epoch}_${parts.user}_${hashOf(parts)}`;
}

/** `=name` or an ID; see docs/vendor-facts.md#server-token. */
function userOfServerToken(
	token: string,
	now: number,
	{ serverToken }: Settings,
): string | undefined {
	const match = /^tkn_(.+)_(\d{1,15})_(=.+|\d+)_([\da-f]{64})$/i.exec(token);
	if (!match) return undefined;
	const [, key = '', epochText, user = '', hash = ''] = match;
	const { serverTokenValidityMs } = ASSUMED;
	const epoch = Number(epochText);
	const expected = hashOf({ key, secret: serverToken.secret, user, epoch });
	const isGenuine = timingSafeEqual(Buffer.from(hash.toLowerCase()), Buffer.from(expected));
	const isFresh = Math.abs(now - epoch * 1000) <= serverTokenValidityMs;
	return isGenuine && key === serverToken.key && isFresh ? user : undefined;
}

function hashOf({ key, secret, user, epoch }: ServerTokenParts): string {
	return createHmac('sha256', secret).update(`${key}_${epoch}_${user}`).digest('hex');
}
