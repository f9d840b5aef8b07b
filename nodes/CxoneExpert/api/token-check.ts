import { createHash } from 'node:crypto';

import { apiSecret, type ExpertCredential } from './credential';
import type { ApiClient } from './client';
import { failed, type Result, success } from './result';
import { siteOrigin } from './site-url';
import { attribute, child, textOf, type XmlElement } from './xml';

/** Who we are for the site. */
export interface CurrentUser {
	/** `undefined` when the site does not say. */
	id: string | undefined;
	name: string;
	isAdmin: boolean;
}

/**
 * Asks the site who we are. A token that is wrong or expired gets 200 as the user Anonymous
 * (docs/vendor-facts.md#anonymous-responses), so the user in the response decides, not the status.
 */
export async function currentUser(api: ApiClient): Promise<Result<CurrentUser>> {
	const task = 'check-token';
	const read = await api.call({ method: 'GET', path: '/users/current' });
	if (!read.ok) {
		const isRejected = isDenied(read.failure.status);
		return failed(isRejected ? { kind: 'anonymous', task } : { ...read.failure, task });
	}
	const { document } = read.value;
	if (document?.name !== 'user') return failed({ kind: 'unexpected', task });
	const user = document.root;
	if (attribute(user, 'anonymous') !== 'false') return failed({ kind: 'anonymous', task });
	return success({
		id: attribute(user, 'id'),
		name: textOf(user, 'username') ?? 'unknown',
		isAdmin: isAdmin(user),
	});
}

/** Role ids differ between sites, so the names decide. */
function isAdmin(user: XmlElement): boolean {
	const permissions = child(user, 'permissions.user');
	const operations = (textOf(permissions, 'operations') ?? '').split(',');
	return textOf(permissions, 'role') === 'Admin' || operations.includes('ADMIN');
}

/** How long an accepted token is not checked again. */
const CACHE_TTL_MS = 10 * 60_000;
/** The same where it matters that the token has not expired since then. */
const MIN_INTERVAL_MS = 5_000;

/**
 * When each accepted token was last checked, by a hash of the token. In ms of the monotonic clock: a
 * wall clock that is set back would let an expired token count as accepted.
 */
const accepted = new Map<string, number>();

/**
 * The same client, which checks the token from time to time before it uses it. Without this, an
 * expired token would quietly find less: the site shows it what anybody may see.
 */
export function onlyIfAccepted(api: ApiClient, credential: ExpertCredential): ApiClient {
	return {
		get mayHaveWritten() {
			return api.mayHaveWritten;
		},
		async call(call) {
			const known = await isAccepted(api, credential, CACHE_TTL_MS);
			if (!known.ok) return known;
			const result = await api.call(call);
			if (result.ok || !isDenied(result.failure.status)) return result;
			// The token may have expired meanwhile: the site does not say so.
			const still = await isStillAccepted(api, credential);
			return still.ok || still.failure.kind !== 'anonymous' ? result : still;
		},
	};
}

/**
 * Whether the site still accepts a token. To be asked after a list was read: with a token that has
 * expired meanwhile, the site shows what anybody may see, so the list would be shorter without a word.
 *
 * @param api one that does not check the token itself, as {@link onlyIfAccepted} does
 */
export async function isStillAccepted(
	api: ApiClient,
	credential: ExpertCredential,
): Promise<Result<true>> {
	return await isAccepted(api, credential, MIN_INTERVAL_MS);
}

/** Tells apart by what the site is called, without keeping the token. */
export function accessKey(credential: ExpertCredential): string {
	return createHash('sha256')
		.update(`${siteOrigin(credential.siteUrl)} ${credential.runAsUser} ${apiSecret(credential)}`)
		.digest('hex');
}

function isDenied(status: number | undefined): boolean {
	return status === 401 || status === 403;
}

async function isAccepted(
	api: ApiClient,
	credential: ExpertCredential,
	maxAgeMs: number,
): Promise<Result<true>> {
	const key = accessKey(credential);
	if (performance.now() - (accepted.get(key) ?? -Infinity) < maxAgeMs) return success(true);
	const user = await currentUser(api);
	if (!user.ok) {
		if (user.failure.kind === 'anonymous') accepted.delete(key);
		return user;
	}
	const now = performance.now();
	for (const [known, at] of accepted) if (now - at >= CACHE_TTL_MS) accepted.delete(known);
	accepted.set(key, now);
	return success(true);
}
