import { shortenedDeliveryId } from './delivery-headers';
import { cacheInMemory } from './per-node';
import { RecentDurations } from './recent-durations';
import type { Rejection, RejectionReason } from './rejection';
import { isSameUrl } from './webhook-url';

/** Expert gives up on a delivery that has no response by then. Source: docs/vendor-facts.md#responses-and-retries. */
const RESPONSE_LIMIT_MS = 1000;

/** A delivery at a moment. */
export interface SeenDelivery {
	/** Unix ms, by the wall clock. */
	at: number;
	/** Shortened. */
	deliveryId: string;
}

export type RefusedDelivery = SeenDelivery & Rejection;

/**
 * Why Expert was told to send a delivery again: n8n was not done in time, it could not save the
 * execution, or the trigger could not work with its credential.
 */
export type RetryReason = 'late' | 'not saved' | 'not handled';

/** Refusals one after the other, with no genuine delivery in between. */
export interface RefusalRow {
	count: number;
	/** Unix ms of the first of them, by the wall clock. */
	since: number;
}

/**
 * What this process has seen of the deliveries to one webhook. The trigger counts, Check Health shows.
 * Counting is part of the response to a delivery: it takes no time worth the name.
 */
export class DeliveryFigures {
	/** Unix ms from which on everything is counted. */
	readonly since: number;
	/** Each started one execution, or its share of one. */
	acceptedCount = 0;
	/** Genuine and known already: they started nothing. */
	duplicateCount = 0;
	/** Genuine, and nothing that the workflow author has asked for. */
	filteredCount = 0;
	readonly refusedCounts = new Map<RejectionReason, number>();
	/** 503: Expert sends them again. */
	readonly retryCounts = new Map<RetryReason, number>();
	/** Responses after more than a second: Expert had given up. */
	lateCount = 0;
	repairedCount = 0;
	recoveredCount = 0;
	/** Times from the call of the trigger to its response of 200 or 503; what n8n does before is not in. */
	readonly responseTimes = new RecentDurations();
	lastRefusal: RefusedDelivery | undefined;
	/** Absent when the last delivery was a genuine one. */
	refusalRow: RefusalRow | undefined;
	private lastAt: number | undefined;
	private lastId: string | undefined;

	/** @param since unix ms */
	constructor(since: number) {
		this.since = since;
	}

	/** A delivery has proven that Expert has sent it. What became of it is counted apart. */
	verified(deliveryId: string): void {
		this.lastAt = Date.now();
		this.lastId = deliveryId;
		this.refusalRow = undefined;
	}

	/** The latest delivery that has proven that Expert has sent it. */
	get lastDelivery(): SeenDelivery | undefined {
		if (this.lastAt === undefined) return undefined;
		return { at: this.lastAt, deliveryId: shortenedDeliveryId(this.lastId) };
	}

	/** n8n has confirmed that its execution is saved. */
	accepted(): void {
		this.acceptedCount++;
	}

	duplicate(): void {
		this.duplicateCount++;
	}

	filtered(): void {
		this.filteredCount++;
	}

	/** @param deliveryId as it came: anyone can have made it up */
	refused(rejection: Rejection, deliveryId: unknown): void {
		const { reason } = rejection;
		const at = Date.now();
		count(this.refusedCounts, reason);
		this.lastRefusal = { ...rejection, at, deliveryId: shortenedDeliveryId(deliveryId) };
		this.refusalRow ??= { count: 0, since: at };
		this.refusalRow.count++;
	}

	/** The same of a delivery that says it is a test: it is no sign that Expert's own are refused. */
	refusedTest(reason: RejectionReason): void {
		count(this.refusedCounts, reason);
	}

	/**
	 * A response has gone out. Those to refused deliveries are not timed: anybody can cause them.
	 *
	 * @param status HTTP status
	 * @param ms since the trigger was called
	 * @param retryReason why it is 503
	 */
	responded(status: number, ms: number, retryReason?: RetryReason): void {
		if (retryReason !== undefined) count(this.retryCounts, retryReason);
		else if (status !== 200) return;
		if (ms > RESPONSE_LIMIT_MS) this.lateCount++;
		this.responseTimes.add(ms);
	}

	/** The trigger has made the webhook at the site whole again. */
	repaired(): void {
		this.repairedCount++;
	}

	/** The trigger has started the workflow for changes of which no delivery came. */
	recovered(changes = 1): void {
		this.recoveredCount += changes;
	}
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** By webhook address, as n8n gives it. */
const figuresByUrl = cacheInMemory<DeliveryFigures>();

/** The figures of the webhook with this address, however the site spells it; adds nothing. */
export function readFigures(url: string): DeliveryFigures {
	const key = figuresByUrl.keys().find((known) => isSameUrl(known, url));
	return (key === undefined ? undefined : figuresByUrl.get(key)) ?? new DeliveryFigures(since());
}

/** What was never seen has been counted since the process began, unless it may have been evicted. */
function since(): number {
	return figuresByUrl.hasRoom ? performance.timeOrigin : Date.now();
}

/**
 * The figures of one webhook in this process.
 *
 * @param url as n8n gives it to the trigger (`getNodeWebhookUrl`)
 */
export function figuresOf(url: string): DeliveryFigures {
	const known = figuresByUrl.get(url);
	if (known !== undefined) return known;
	const figures = new DeliveryFigures(since());
	figuresByUrl.set(url, figures);
	return figures;
}
