import { MINUTE_MS } from '../../durations';
import type { ApiClient, ApiResponse, ExpertClient } from '../../api/client';
import { beforeDeadline } from '../../api/deadline';
import { BoundedCache, inMemory } from '../../memory';
import { GRACE_MS } from './late';

/*
 * When n8n starts, many triggers search the same site for missed changes within a minute. They
 * share what any of them has read since the search began.
 */

export interface SharedSearch {
	/** All responses are newer than this; ms of the monotonic clock. */
	readonly startedAt: number;
	/** The search sees all changes until this time; site time, unix ms. */
	readonly until: number;
	/** Keys of the nodes that have joined. Each joins a search once. */
	readonly nodes: Set<string>;
	readonly reads: BoundedCache<Promise<ApiResponse>>;
}

/** The checks of different nodes are up to a minute apart. */
const JOIN_WINDOW_MS = MINUTE_MS;
/** Responses to cache, a few kB each: enough to catch up with a search begun a minute ago. */
const MAX_SHARED_RESPONSES = 2_000;

const searches = inMemory(new Map<string, SharedSearch>());

/** @param access from `accessKey` @param now site time, unix ms */
export function joinOrStartSearch(access: string, node: string, now: number): SharedSearch {
	dropOldSearches();
	const open = searches.get(access);
	if (open !== undefined && !open.nodes.has(node)) {
		open.nodes.add(node);
		return open;
	}
	const search: SharedSearch = {
		startedAt: performance.now(),
		until: now - GRACE_MS,
		nodes: new Set([node]),
		reads: new BoundedCache({ maxEntries: MAX_SHARED_RESPONSES, ttlMs: Infinity }),
	};
	searches.set(access, search);
	return search;
}

/** Drops searches too old to be joined. Nodes still working on one keep it. */
export function dropOldSearches(): void {
	const oldest = performance.now() - JOIN_WINDOW_MS;
	for (const [access, { startedAt }] of searches) if (startedAt <= oldest) searches.delete(access);
}

/** Call when the token is rejected: what was read with it proves nothing. */
export function dropSearch(access: string): void {
	searches.delete(access);
}

/**
 * Every trigger needs the whole list of a page's revisions. The results of `find` depend on the period, and the
 * archive proves to each that its token is accepted.
 */
const SHARED_PATHS = /\/revisions$/;

export type TimedClient = ApiClient & Pick<ExpertClient, 'end'>;

/**
 * Wraps the client to reuse responses that the search has. Failed calls are not cached.
 *
 * @param clientOf of the run: a search that was interrupted goes on with another client
 */
export function withSharedReads(search: SharedSearch, clientOf: () => TimedClient): ApiClient {
	const { reads, startedAt, nodes } = search;
	/** Nobody joined in time. */
	const isAlone = () => nodes.size === 1 && performance.now() - startedAt >= JOIN_WINDOW_MS;
	return {
		async call(call) {
			const api = clientOf();
			if (isAlone()) reads.clear();
			if (isAlone() || !SHARED_PATHS.test(call.path)) return await api.call(call);
			const key = JSON.stringify([call.path, call.query]);
			const known = reads.get(key);
			if (known !== undefined) return (await inTime(known, api)) ?? (await api.call(call));
			const reading = api.call(call).catch((thrown: unknown) => {
				reads.delete(key);
				throw thrown;
			});
			reads.set(key, reading);
			return await reading;
		},
	};
}

/** Another node reads it, and may have more time: the first poll of a node must not wait for it without end. */
async function inTime(reading: Promise<ApiResponse>, { end }: TimedClient): Promise<ApiResponse | undefined> {
	return end === Infinity ? await reading : await beforeDeadline(end, reading);
}
