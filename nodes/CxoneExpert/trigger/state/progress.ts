import { HOUR_MS } from '../../durations';
import { type NodeContext, perNode } from '../../memory';
import { GRACE_MS, LISTED_AFTER_MS, MAX_LATE_MS } from '../changes/late';
import { knownChangesOf } from '../ledger/known-changes';
import { ledgerOf } from '../ledger/ledger';
import type { TriggerParameters } from '../parameters';

/*
 * How far the watch of a node has got, and whether changes may be missing. Unless stated otherwise, times are the
 * site's own, in unix ms, because n8n's clock may be wrong.
 */

export interface Progress {
	/** Older changes are not wanted: the workflow was not published then. */
	publishedAt: number;
	/** All changes up to this time were delivered or recovered. */
	cursor: number;
	/** When a change was last missed, or may have been; ms of the monotonic clock. */
	missingAt?: number;
	/** Origin of the site whose changes these are. */
	site?: string;
}

/** How far to search before the cursor: Expert may list a change late, or deliver it long after an import. */
export const OVERLAP_MS = HOUR_MS;

/** What a process knows of a node's changes, besides its ledger. */
export class NodeChanges {
	/** Absent until the node is published, or its stored progress is read. */
	progress?: Progress;
	/** Origin of a site seen to send a page's first text as an edit of its own. */
	firstTextsOf?: string;
	/** What the published version wants, as far as this process knows. */
	parameters?: TriggerParameters;
	/** Earlier versions, until what they may have missed is recovered: they must have wanted older changes. */
	before: Array<{ until: number; parameters: TriggerParameters }> = [];
	/** All changes up to this time were searched for, or compared by an audit. `Infinity` before the first search. */
	private comparedUpTo = Infinity;
	/** One more search, for what the site lists late; `dueAt` is in ms of the monotonic clock. */
	lateSearch?: { dueAt: number; upTo: number };

	/** The workflow was just published, and the webhook registered. */
	published(at: number, site: string | undefined): void {
		this.progress = { publishedAt: at, cursor: at, ...(site === undefined ? {} : { site }) };
		this.comparedUpTo = at;
		this.before = [];
		delete this.lateSearch;
	}

	/**
	 * A version replaces one that followed this site, and n8n may have responded 404 meanwhile. If nothing was missing,
	 * nothing older is searched for: the version before may have wanted less.
	 */
	republished(at: number): void {
		const { parameters } = this;
		const { publishedAt, cursor, missingAt } = this.progress!;
		const isWhole = missingAt === undefined && this.lateSearch === undefined;
		this.progress!.publishedAt = isWhole ? cursor : publishedAt;
		if (!isWhole && parameters !== undefined) this.before.push({ until: at, parameters });
		this.openGap();
	}

	/** Deliveries may have failed while n8n was away or told Expert to retry. Nobody knows how many. */
	openGap(): void {
		if (this.progress !== undefined) this.progress.missingAt = performance.now();
	}

	/**
	 * Corrects times of a site clock that was fast. If the credential now has the URL of another site, older changes
	 * are not wanted, just as after publishing.
	 *
	 * @param wasDelivering whether no delivery has failed since the last check
	 */
	checked(at: number, wasDelivering: boolean, site: string | undefined): void {
		if (this.progress === undefined || this.isOfOther(site)) this.published(at, site);
		const progress = this.progress!;
		progress.publishedAt = Math.min(progress.publishedAt, at);
		progress.cursor = Math.min(progress.cursor, at);
		this.comparedUpTo = Math.min(this.comparedUpTo, at);
		if (!wasDelivering) this.openGap();
		else if (progress.missingAt === undefined) this.reached(at - GRACE_MS);
	}

	private isOfOther(site: string | undefined): boolean {
		const { site: known = site } = this.progress!;
		return site !== undefined && known !== site;
	}

	/** Changes made while a person has disabled the webhook are not wanted. */
	disabledByPerson(at: number, site: string | undefined): void {
		const { publishedAt, site: known } = this.progress ?? { publishedAt: at, site };
		this.published(at, known);
		this.progress!.publishedAt = Math.max(publishedAt, at);
	}

	/** All changes up to this time were delivered or recovered. The cursor never goes back. */
	reached(time: number): void {
		this.progress!.cursor = Math.max(this.progress!.cursor, time);
	}

	/** Nothing is missing, unless the site lists it late; `aheadMs` is site time minus the monotonic clock. */
	recovered(aheadMs: number): void {
		const { missingAt } = this.progress!;
		delete this.lateSearch;
		if (missingAt === undefined) return this.forgetVersions();
		delete this.progress!.missingAt;
		const upTo = missingAt + LISTED_AFTER_MS + aheadMs;
		this.lateSearch = { dueAt: missingAt + MAX_LATE_MS, upTo };
		this.compared(this.progress!.cursor);
	}

	/** The overlap need not reach back to earlier versions. */
	private forgetVersions(): void {
		const progress = this.progress!;
		progress.publishedAt = Math.max(progress.publishedAt, ...this.before.map(({ until }) => until));
		this.before = [];
	}

	compared(until: number): void {
		this.comparedUpTo = until;
	}

	/** Whether a search at `askedAt` (ms of the monotonic clock) finds all: the site lists changes late. */
	isAllReported(askedAt: number): boolean {
		const { missingAt = -Infinity } = this.progress!;
		return missingAt <= askedAt - LISTED_AFTER_MS;
	}

	/** Start of a search for missed changes, in full seconds. `Infinity` if nobody follows the changes. */
	get lookedForSince(): number {
		const { cursor = Infinity } = this.progress ?? {};
		return this.overlapping(Math.min(cursor, this.comparedFrom + OVERLAP_MS));
	}

	/** The audit has yet to compare all later changes. */
	get comparedFrom(): number {
		const { cursor = Infinity } = this.progress ?? {};
		return Math.min(cursor, this.comparedUpTo);
	}

	/** Where the search of an audit begins, with the same overlap. */
	get comparedSince(): number {
		return this.overlapping(this.comparedFrom);
	}

	private overlapping(from: number): number {
		const { publishedAt = Infinity } = this.progress ?? {};
		return Math.floor(Math.max(from - OVERLAP_MS, publishedAt) / 1000) * 1000;
	}
}

export const changesAt = perNode(() => new NodeChanges());

/** Evicts what no recovery will ask for; `now` is unix ms. */
export function forgetOld(
	node: NodeContext,
	{ maxDeliveryAgeSeconds }: Pick<TriggerParameters, 'maxDeliveryAgeSeconds'>,
	now = Date.now(),
): void {
	ledgerOf(node).forget(now / 1000, maxDeliveryAgeSeconds);
	knownChangesOf(node).forget(changesAt(node).comparedSince / 1000);
}

/** Stored progress has no gap, because each start of n8n opens one. */
export function withoutGap({ publishedAt, cursor, site }: Progress): Progress {
	return { publishedAt, cursor, ...(site === undefined ? {} : { site }) };
}
