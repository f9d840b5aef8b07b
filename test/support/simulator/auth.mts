import type { IncomingHttpHeaders } from 'node:http';
import { siteNow } from './clock.mts';
import { readServerToken } from './server-token.mts';
import type { Settings } from './settings.mts';
import { endOfLongTermToken, type User, type Users } from './users.mts';

/**
 * Who calls? A call without a good token runs as Anonymous
 * (docs/vendor-facts.md#anonymous-responses). Undefined only when the setting `refuseBadTokens`
 * asks for 401 instead.
 */
export function callerOf(
	headers: IncomingHttpHeaders,
	users: Users,
	jwts: ReadonlyMap<string, User>,
	settings: Settings,
): User | undefined {
	const user = userOfToken(headers, users, jwts, settings);
	if (user) return user;
	return settings.refuseBadTokens ? undefined : users.anonymous;
}

function userOfToken(
	headers: IncomingHttpHeaders,
	users: Users,
	jwts: ReadonlyMap<string, User>,
	settings: Settings,
): User | undefined {
	const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
	if (bearer !== undefined) {
		const user = jwts.get(bearer);
		return user && endOfLongTermToken(bearer) > siteNow(settings).getTime() ? user : undefined;
	}
	const token = headers['x-deki-token'];
	if (typeof token !== 'string') return undefined;
	const name = readServerToken(token, {
		key: settings.tokenKey,
		secret: settings.tokenSecret,
		validityMs: settings.serverTokenValidityMs,
		now: siteNow(settings).getTime(),
	});
	return name === undefined ? undefined : users.find(name.replace(/^=/, ''));
}
