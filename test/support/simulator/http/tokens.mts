import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { elementAt } from '../../present.mts';
import { type Settings, siteNow } from '../settings.mts';
import type { User, Users } from '../site/users.mts';

/**
 * The caller. A call without a valid token runs as Anonymous
 * (docs/vendor-facts.md#anonymous-responses), or is `undefined` where the setting `refuseBadTokens`
 * asks for 401.
 */
export class Tokens {
	/** All long-term tokens are invalid. */
	areExpired = false;
	/** The long-term tokens that are good otherwise. */
	private readonly jwts = new Map<string, User>();
	private readonly users: Users;
	private readonly settings: Settings;

	constructor(users: Users, settings: Settings) {
		this.users = users;
		this.settings = settings;
	}

	/**
	 * A long-term token: looks like a JWT, expires, and is recognised by its text.
	 * docs/vendor-facts.md#long-term-token
	 */
	issue(user: User): string {
		const now = Math.floor(siteNow(this.settings).getTime() / 1000);
		const part = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url');
		const exp = now + Math.floor(this.settings.longTermTokenValidityMs / 1000);
		const claims = { sub: String(user.id), name: user.username, iat: now, exp };
		const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
		const hash = createHmac('sha256', randomBytes(32)).update(signed).digest('base64url');
		const token = `${signed}.${hash}`;
		this.jwts.set(token, user);
		return token;
	}

	callerOf(headers: IncomingHttpHeaders): User | undefined {
		const user = this.userOf(headers);
		if (user) return user;
		return this.settings.refuseBadTokens ? undefined : this.users.anonymous;
	}

	private userOf({ authorization = '', 'x-deki-token': token }: IncomingHttpHeaders) {
		const now = siteNow(this.settings).getTime();
		const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
		if (bearer !== undefined) {
			const user = this.areExpired ? undefined : this.jwts.get(bearer);
			return user && endOfLongTermToken(bearer) > now ? user : undefined;
		}
		const name = userOfServerToken(String(token), now, this.settings);
		return name === undefined ? undefined : this.users.find(name.replace(/^=/, ''));
	}
}

/** Unix ms until which one of these tokens is good: see docs/vendor-facts.md#long-term-token. */
export function endOfLongTermToken(token: string): number {
	const claims = Buffer.from(elementAt(token.split('.'), 1), 'base64url').toString();
	return (JSON.parse(claims) as { exp: number }).exp * 1000;
}

interface ServerTokenParts {
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

/** Stated; that the site accepts a clock so far ahead is not: docs/vendor-facts.md#server-token. */
const SERVER_TOKEN_VALIDITY_MS = 300_000;

/** `=name` or an ID; see docs/vendor-facts.md#server-token. */
function userOfServerToken(token: string, now: number, { serverToken }: Settings) {
	const match = /^tkn_(.+)_(\d{1,15})_(=.+|\d+)_([\da-f]{64})$/i.exec(token);
	if (!match) return undefined;
	const [, key = '', epochText, user = '', hash = ''] = match;
	const epoch = Number(epochText);
	const expected = hashOf({ key, secret: serverToken.secret, user, epoch });
	const isGenuine = timingSafeEqual(Buffer.from(hash.toLowerCase()), Buffer.from(expected));
	const isFresh = Math.abs(now - epoch * 1000) <= SERVER_TOKEN_VALIDITY_MS;
	return isGenuine && key === serverToken.key && isFresh ? user : undefined;
}

function hashOf({ key, secret, user, epoch }: ServerTokenParts): string {
	return createHmac('sha256', secret).update(`${key}_${epoch}_${user}`).digest('hex');
}
