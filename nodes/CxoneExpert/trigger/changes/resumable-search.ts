import { HOUR_MS } from '../../durations';
import type { ApiClient } from '../../api/client';
import type { ExpertError } from '../../api/expert-error';
import type { Resumable } from '../../api/resumable';
import { GRACE_MS } from './late';
import { type FoundChanges, siteChanges, type SiteQuery } from './period-search';

/** Longest `Retry-After` we honour. */
const MAX_RETRY_AFTER_MS = HOUR_MS;

export interface SearchRequest extends Pick<SiteQuery, 'kinds' | 'wants' | 'hasCome'> {
	api: ApiClient;
	/** Site and token, from `accessKey`: another token may read less. */
	access: string;
	/** Changes may be missing from this time on; site time, unix ms. */
	since: number;
	/** Site time, unix ms. */
	now: number;
	/** Leaves out changes that are younger: their events may still come. */
	maxLateMs?: number;
}

interface OngoingSearch {
	access: string;
	/** ms of the monotonic clock */
	startedAt: number;
	query: SiteQuery;
	steps: Resumable<FoundChanges>;
}

/** It is kept so that the next search need not read the same again. */
interface FinishedSearch extends Pick<SiteQuery, 'read'> {
	access: string;
	/** When the search began; ms of the monotonic clock. */
	askedAt: number;
	/** All changes until then were found; site time, unix ms. */
	until: number;
	/** `false` if the site had more changes than we keep. */
	isWhole: boolean;
}

/** Searches a site for changes. A failed call interrupts the search; the next run resumes it. */
export class ResumableSearch {
	private ongoing: OngoingSearch | undefined;
	private last: FinishedSearch | undefined;
	/** The client of the current run. An interrupted search goes on with it. */
	private api!: ApiClient;
	/** The site wants no calls until this time; ms of the monotonic clock. */
	private pausedUntil = -Infinity;

	/** The last search, while its results are needed. */
	get finished(): Readonly<FinishedSearch> | undefined {
		return this.last;
	}

	get isPaused(): boolean {
		return performance.now() < this.pausedUntil;
	}

	/** Call when nothing is missing any more. */
	reset(): void {
		this.last = undefined;
	}

	/** @returns the error of a failed call; `undefined` if there is nothing to search yet */
	async run(request: SearchRequest): Promise<FoundChanges | ExpertError | undefined> {
		this.api = request.api;
		const search = this.searchFor(request);
		// A generator that has thrown cannot continue.
		this.ongoing = undefined;
		const step = await search?.steps.next();
		if (search === undefined || step === undefined) return undefined;
		if (step.done !== true) return this.interrupt(search, step.value);
		const { access, startedAt, query } = search;
		const { until } = step.value;
		const isWhole = until === query.period.until;
		this.last = { access, read: query.read, askedAt: startedAt, until, isWhole };
		return step.value;
	}

	/** Resumes the interrupted search, unless the token changed or the search starts too late. */
	private searchFor(request: SearchRequest): OngoingSearch | undefined {
		const { ongoing, last } = this;
		const { access, now, maxLateMs = 0, ...wanted } = request;
		const since = Math.max(request.since, last?.isWhole === false ? last.until : -Infinity);
		const isSame = ongoing?.access === access && ongoing.query.period.since <= since;
		if (isSame) return ongoing;
		const until = now - GRACE_MS;
		if (until < since) return undefined;
		const read = last?.access === access ? [...last.read] : [];
		const query: SiteQuery = {
			...wanted,
			api: { call: async (call) => await this.api.call(call) },
			period: { since, until: until - maxLateMs },
			read: new Map(read.filter(([, modified]) => modified >= since)),
		};
		return { access, startedAt: performance.now(), query, steps: siteChanges(query) };
	}

	/** Keeps what was read for the next run, unless the token was rejected. */
	private interrupt(search: OngoingSearch, error: ExpertError): ExpertError {
		const { kind, retryAfterMs } = error;
		if (kind !== 'anonymous') this.ongoing = search;
		if (retryAfterMs !== undefined) this.pausedUntil = performance.now() + Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
		return error;
	}
}
