import { type NodeContext, perNode } from '../../memory';
import { GRACE_MS } from '../changes/shared-search';
import { LISTED_AFTER_MS } from '../changes/site-changes';
import { knownChangesOf } from '../ledger/known-changes';
import { ledgerOf } from '../ledger/ledger';
import type { TriggerParameters } from '../parameters';

/*
 * How far the watch of a node has got, and whether something may be missing. Unless it says something else, a time is
 * the site's own, in unix ms: the clock of n8n may be wrong.
 */

export interface Progress {
	/** Nothing before is looked for: the workflow was not published then. */
	publishedAt: number;
	/** What happened until then was delivered or recovered. */
	cursor: number;
	/** When something was last found or expected to be missing, ms of the monotonic clock; absent when nothing is. */
	missingAt?: number;
	/** Origin of the site whose changes these are. */
	site?: string;
}

/**
 * How far to look back before the cursor: Expert may list a change late, or deliver an older one later, which
 * after an import can be after a long time.
 */
export const OVERLAP_MS = 60 * 60_000;

/** What a process knows of the changes at one trigger node, beside its ledger. */
export class NodeChanges {
	/** Absent until the node was published, or its stored progress was read. */
	progress?: Progress;
	/** Origin of a site that was seen to send the text that a page is created with as an edit of its own. */
	firstTextsOf?: string;
	/** A recovery takes as long as its executions do, and checks go on meanwhile. */
	isRecovering = false;

	/** The workflow has just been published, and the webhook registered. */
	published(at: number, site: string | undefined): void {
		this.progress = { publishedAt: at, cursor: at, ...(site === undefined ? {} : { site }) };
	}

	/**
	 * Another version of a workflow was published that followed this site until now. Since the last check n8n may
	 * have responded with 404. Where nothing was missing, nothing older is looked for: the version before may have
	 * wanted less.
	 */
	republished(): void {
		const { publishedAt, cursor, missingAt } = this.progress!;
		this.progress!.publishedAt = missingAt === undefined ? cursor : publishedAt;
		this.openGap();
	}

	/** Deliveries may have failed, nobody knows how many: n8n was away, or told Expert to retry. */
	openGap(): void {
		if (this.progress !== undefined) this.progress.missingAt = performance.now();
	}

	/**
	 * A check has looked at the webhook. What the site has said while its clock was ahead is taken back.
	 *
	 * @param wasDelivering nothing has failed since the check before
	 */
	checked(at: number, wasDelivering: boolean, site: string | undefined): void {
		if (this.progress === undefined) this.published(at, site);
		const progress = this.progress!;
		progress.publishedAt = Math.min(progress.publishedAt, at);
		progress.cursor = Math.min(progress.cursor, at);
		if (!wasDelivering) this.openGap();
		else if (progress.missingAt === undefined) this.reached(at - GRACE_MS);
	}

	/** When a person has disabled the webhook, what happens meanwhile is not wanted. */
	disabledByPerson(at: number, site: string | undefined): void {
		const { publishedAt, site: known } = this.progress ?? { publishedAt: at, site };
		this.published(at, known);
		this.progress!.publishedAt = Math.max(publishedAt, at);
	}

	/** All until then was delivered or recovered. The cursor never goes back. */
	reached(time: number): void {
		this.progress!.cursor = Math.max(this.progress!.cursor, time);
	}

	/** Nothing is missing any more. */
	recovered(): void {
		delete this.progress!.missingAt;
	}

	/**
	 * Whether the site has told all that is missing when it was asked. Not if something was missed meanwhile, or
	 * shortly before.
	 *
	 * @param askedAt when that began, ms of the monotonic clock
	 */
	isAllTold(askedAt: number): boolean {
		const { missingAt = -Infinity } = this.progress!;
		return missingAt <= askedAt - LISTED_AFTER_MS;
	}

	/**
	 * From when on changes are looked for; `Infinity` where nobody follows them. A full second: the dates of the site
	 * have no fractions.
	 */
	get lookedForSince(): number {
		const { cursor = Infinity, publishedAt = Infinity } = this.progress ?? {};
		return Math.floor(Math.max(cursor - OVERLAP_MS, publishedAt) / 1000) * 1000;
	}
}

/** What is known of the changes at this node, in this process. */
export const changesAt = perNode(() => new NodeChanges());

/**
 * Forgets what nobody asks for any more. What a recovery may ask for stays.
 *
 * @param now unix ms
 */
export function forgetOld(
	node: NodeContext,
	{ maxDeliveryAgeSeconds }: Pick<TriggerParameters, 'maxDeliveryAgeSeconds'>,
	now = Date.now(),
): void {
	ledgerOf(node).forget(now / 1000, maxDeliveryAgeSeconds);
	knownChangesOf(node).forget(changesAt(node).lookedForSince / 1000);
}

/** As it is stored: at a start of n8n there always is a gap. */
export function withoutGap({ publishedAt, cursor, site }: Progress): Progress {
	return { publishedAt, cursor, ...(site === undefined ? {} : { site }) };
}
