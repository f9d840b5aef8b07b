import type { ApiClient } from '../../api/client';
import type { ExpertError } from '../../api/expert-error';
import type { Resumable } from '../../api/resumable';
import { dropSearch, joinSearch, type SharedSearch, sharing } from './shared-search';
import { type FoundChanges, siteChanges, type SiteQuery } from './site-changes';

/** Longest `Retry-After` that is honoured. */
const MAX_PAUSE_MS = 3_600_000;

/** What to search for now. */
export interface SearchRequest extends Pick<SiteQuery, 'site' | 'kinds' | 'wants'> {
	api: ApiClient;
	/** Names site and token, as `accessKey` does: what was read with another token proves nothing. */
	access: string;
	/** Key of the node. */
	node: string;
	/** From when on something may be missing; site time, unix ms. */
	since: number;
	/** Site time, unix ms. */
	now: number;
}

/** A search that goes on over as many runs as it takes. */
interface OngoingSearch {
	access: string;
	shared: SharedSearch;
	query: SiteQuery;
	steps: Resumable<FoundChanges>;
}

/** What stays of a search: the next one need not read again what this one has read. */
interface FinishedSearch extends Pick<SiteQuery, 'read'> {
	access: string;
	/** When the site was asked; ms of the monotonic clock. */
	askedAt: number;
	/** Up to where all was found; site time, unix ms. */
	until: number;
	/** `false` where the site had more to tell than is kept. */
	isWhole: boolean;
}

/**
 * Searches a site for its changes since a moment. A call that fails interrupts it; the next run continues there. Knows
 * neither a webhook nor what has come.
 */
export class Search {
	private ongoing: OngoingSearch | undefined;
	private last: FinishedSearch | undefined;
	/** The site asked to be left alone until then; ms of the monotonic clock. */
	private pausedUntil = -Infinity;

	/** The last search, while its results are needed. */
	get finished(): Readonly<FinishedSearch> | undefined {
		return this.last;
	}

	get isInterrupted(): boolean {
		return this.ongoing !== undefined;
	}

	get isPaused(): boolean {
		return performance.now() < this.pausedUntil;
	}

	/** Nothing is missing any more. */
	reset(): void {
		this.last = undefined;
	}

	/** @returns why the site could not be asked; `undefined` while there is nothing to search yet */
	async run(request: SearchRequest): Promise<FoundChanges | ExpertError | undefined> {
		const search = this.searchFor(request);
		// Steps that have thrown do not go on.
		this.ongoing = undefined;
		const step = await search?.steps.next();
		if (search === undefined || step === undefined) return undefined;
		if (step.done !== true) return this.interrupt(search, step.value);
		const { access, shared, query } = search;
		const { until } = step.value;
		const isWhole = until === shared.until;
		this.last = { access, read: query.read, askedAt: shared.startedAt, until, isWhole };
		return step.value;
	}

	/** An interrupted search goes on, unless it has another token, or begins too late; what is newer comes next. */
	private searchFor(request: SearchRequest): OngoingSearch | undefined {
		const { ongoing, last } = this;
		const { access, node, now, api, ...wanted } = request;
		const since = Math.max(request.since, last?.isWhole === false ? last.until : -Infinity);
		const isSame = ongoing?.access === access && ongoing.query.period.since <= since;
		if (isSame) return ongoing;
		const shared = joinSearch(access, node, now);
		if (shared.until < since) return undefined;
		const query: SiteQuery = {
			...wanted,
			api: sharing(shared, api),
			period: { since, until: shared.until },
			read: new Map(last?.access === access ? last.read : []),
		};
		return { access, shared, query, steps: siteChanges(query) };
	}

	/** The next run goes on with what was read, unless the token is not accepted. */
	private interrupt(search: OngoingSearch, error: ExpertError): ExpertError {
		const { kind, retryAfterMs } = error;
		if (kind === 'anonymous') dropSearch(search.access);
		else this.ongoing = search;
		if (retryAfterMs !== undefined)
			this.pausedUntil = performance.now() + Math.min(retryAfterMs, MAX_PAUSE_MS);
		return error;
	}
}
