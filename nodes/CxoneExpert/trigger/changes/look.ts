import type { ApiClient, ApiResponse } from '../../api/client';
import { BoundedCache, inMemory } from '../../memory';

/*
 * When n8n starts, all its triggers look for what was missed, each at its own second of the first minute, and
 * many of them at one site. What one has read since it began, the others need not ask for again.
 */

/** A look at one site with one token, which all triggers share that begin soon after the first. */
export interface Look {
	/** All that it has read was read later than this; ms of the monotonic clock. */
	readonly startedAt: number;
	/** Up to where it sees all changes: site time, unix ms. */
	readonly until: number;
	/** By node key: none looks at the same again. */
	readonly users: Set<string>;
	readonly reads: BoundedCache<Promise<ApiResponse>>;
}

/** What happened just now may be on its way. */
export const GRACE_MS = 5_000;
/** Ticks of different nodes are up to a minute apart. */
const JOIN_MS = 60_000;
/** Responses that a look keeps, a few kB each: whoever began a minute later catches up. */
const MAX_READS = 2_000;

/** By site and token. */
const looks = inMemory(new Map<string, Look>());

/**
 * @param access as `accessKey` gives it
 * @param user key of the node
 * @param now time at the site
 */
export function joinLook(access: string, user: string, now: number): Look {
	dropOldLooks();
	const open = looks.get(access);
	if (open !== undefined && !open.users.has(user)) {
		open.users.add(user);
		return open;
	}
	const look: Look = {
		startedAt: performance.now(),
		until: now - GRACE_MS,
		users: new Set([user]),
		reads: new BoundedCache({ maxEntries: MAX_READS, ttlMs: Infinity }),
	};
	looks.set(access, look);
	return look;
}

/** Whoever is at work with one that nobody can join any more keeps it. */
export function dropOldLooks(): void {
	const oldest = performance.now() - JOIN_MS;
	for (const [access, { startedAt }] of looks) if (startedAt <= oldest) looks.delete(access);
}

/** What was read with a token that is not accepted proves nothing. */
export function dropLook(access: string): void {
	looks.delete(access);
}

/** Lists of which each trigger needs the whole. What `find` gives depends on the period of each. */
const SHARED_PATHS = /\/(revisions|subpages|archive\/pages)$/;

/** Asks the site for what the look has not read yet. A call that fails is made again by the next who needs it. */
export function sharing(look: Look, api: ApiClient): ApiClient {
	const { reads, startedAt, users } = look;
	/** Nobody has joined in time. */
	const isAlone = () => users.size === 1 && performance.now() - startedAt >= JOIN_MS;
	return {
		async call(call) {
			if (isAlone()) reads.clear();
			if (isAlone() || !SHARED_PATHS.test(call.path)) return await api.call(call);
			const key = JSON.stringify([call.path, call.query]);
			const known = reads.get(key);
			if (known !== undefined) return await known;
			const reading = api.call(call).catch((thrown: unknown) => {
				reads.delete(key);
				throw thrown;
			});
			reads.set(key, reading);
			return await reading;
		},
	};
}
