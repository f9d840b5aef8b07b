import type { ApiClient, ApiResponse } from '../../api/client';
import { BoundedCache, inMemory } from '../../memory';

/*
 * When n8n starts, all its triggers look for what was missed, each at its own second of the first minute, and
 * many of them at one site. What one has read since it began, the others need not ask for again.
 */

/** A search of one site with one token, which all triggers share that begin soon after the first. */
export interface SharedSearch {
	/** All that it has read was read later than this; ms of the monotonic clock. */
	readonly startedAt: number;
	/** Up to where it sees all changes: site time, unix ms. */
	readonly until: number;
	/** By node key: none searches at the same again. */
	readonly users: Set<string>;
	readonly reads: BoundedCache<Promise<ApiResponse>>;
}

/** What happened just now may be on its way. */
export const GRACE_MS = 5_000;
/** Ticks of different nodes are up to a minute apart. */
const JOIN_MS = 60_000;
/** Responses that a search keeps, a few kB each: whoever began a minute later catches up. */
const MAX_READS = 2_000;

/** By site and token. */
const searches = inMemory(new Map<string, SharedSearch>());

/**
 * @param access as `accessKey` gives it
 * @param user key of the node
 * @param now time at the site
 */
export function joinSearch(access: string, user: string, now: number): SharedSearch {
	dropOldSearches();
	const open = searches.get(access);
	if (open !== undefined && !open.users.has(user)) {
		open.users.add(user);
		return open;
	}
	const search: SharedSearch = {
		startedAt: performance.now(),
		until: now - GRACE_MS,
		users: new Set([user]),
		reads: new BoundedCache({ maxEntries: MAX_READS, ttlMs: Infinity }),
	};
	searches.set(access, search);
	return search;
}

/** Whoever is at work with one that nobody can join any more keeps it. */
export function dropOldSearches(): void {
	const oldest = performance.now() - JOIN_MS;
	for (const [access, { startedAt }] of searches) if (startedAt <= oldest) searches.delete(access);
}

/** What was read with a token that is not accepted proves nothing. */
export function dropSearch(access: string): void {
	searches.delete(access);
}

/** Lists of which each trigger needs the whole. What `find` gives depends on the period of each. */
const SHARED_PATHS = /\/(revisions|subpages|archive\/pages)$/;

/** Asks the site for what the search has not read yet. A call that fails is made again by the next who needs it. */
export function sharing(search: SharedSearch, api: ApiClient): ApiClient {
	const { reads, startedAt, users } = search;
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
