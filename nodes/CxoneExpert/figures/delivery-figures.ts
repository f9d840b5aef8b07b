import { shortenedDeliveryId } from '../protocol/headers';
import { cacheInMemory } from '../memory';
import type { Rejection, RejectionReason } from '../protocol/rejection';
import { isSameUrl } from '../api/webhook-url';

/** Expert gives up on a delivery that has no response by then. Source: docs/vendor-facts.md#responses-and-retries. */
export const EXPERT_TIMEOUT_MS = 1000;

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

/** Durations that are kept: enough for a p95 of some meaning, and 2 kB. */
const MAX_DURATIONS = 1000;
/** The longest that is told apart. */
const MAX_DURATION_MS = 65_535;

/**
 * What this process has seen of the deliveries to one webhook. The trigger counts, Check Health shows.
 * Counting is part of the response to a delivery: it takes no time worth the name.
 */
export class DeliveryFigures {
	/** Unix ms from which on everything is counted. */
	readonly since: number;
	/** Under the names that Check Health gives them; docs/operations.md says what they mean. */
	readonly counts = {
		...{ accepted: 0, duplicates: 0, filtered: 0 },
		refused: {} as Partial<Record<RejectionReason, number>>,
		toldToRetry: {} as Partial<Record<RetryReason, number>>,
		...{ late: 0, repaired: 0, recovered: 0 },
	};
	/** Rows of "Page Paths" for which the site had no page when the workflow was published here. */
	deadPaths: string[] = [];
	lastRefusal: RefusedDelivery | undefined;
	/** Refusals since the last genuine delivery, if any; `since` is the unix ms of the first of them. */
	refusalRow: { count: number; since: number } | undefined;
	/**
	 * Ms from the call of the trigger to its response of 200 or 503; what n8n does before is not in. The last
	 * thousand rather than a histogram since the start: people look when something is wrong now, and a week
	 * of quiet must not hide it. Adding one allocates nothing.
	 */
	private readonly durations = new Uint16Array(MAX_DURATIONS);
	private durationCount = 0;
	private verifiedLast: { at: number; deliveryId: string } | undefined;

	/** @param since unix ms */
	constructor(since: number) {
		this.since = since;
	}

	count(what: 'accepted' | 'duplicates' | 'filtered' | 'repaired' | 'recovered'): void {
		this.counts[what]++;
	}

	/** A delivery has proven that Expert has sent it. What became of it is counted apart. */
	verified(deliveryId: string): void {
		this.verifiedLast = { at: Date.now(), deliveryId };
		this.refusalRow = undefined;
	}

	/** The latest delivery that has proven that Expert has sent it. */
	get lastDelivery(): SeenDelivery | undefined {
		const last = this.verifiedLast;
		return last && { ...last, deliveryId: shortenedDeliveryId(last.deliveryId) };
	}

	/** @param deliveryId as it came: anyone can have made it up */
	refused({ reason, signedMinutesAgo }: Rejection, deliveryId: unknown): void {
		const at = Date.now();
		this.refusedTest(reason);
		this.lastRefusal = {
			...{ reason, signedMinutesAgo },
			...{ at, deliveryId: shortenedDeliveryId(deliveryId) },
		};
		this.refusalRow ??= { count: 0, since: at };
		this.refusalRow.count++;
	}

	/** A delivery that says it is a test: that it was refused is no sign that Expert's own are. */
	refusedTest(reason: RejectionReason): void {
		increment(this.counts.refused, reason);
	}

	/**
	 * A response has gone out. Those to refused deliveries are not timed: anybody can cause them.
	 *
	 * @param status HTTP status
	 * @param ms since the trigger was called
	 * @param retryReason why it is 503
	 */
	responded(status: number, ms: number, retryReason?: RetryReason): void {
		if (retryReason === undefined && status !== 200) return;
		if (retryReason !== undefined) increment(this.counts.toldToRetry, retryReason);
		if (ms > EXPERT_TIMEOUT_MS) this.counts.late++;
		const duration = Math.min(MAX_DURATION_MS, Math.round(ms));
		this.durations[this.durationCount++ % MAX_DURATIONS] = duration;
	}

	/**
	 * The response time that this share of the latest does not exceed (nearest rank); `undefined` without any.
	 *
	 * @param share above 0, 1 at most: 0.95 for p95
	 */
	responseMs(share: number): number | undefined {
		const sorted = this.durations.slice(0, this.durationCount).sort();
		return sorted[Math.ceil(share * sorted.length) - 1];
	}
}

function increment<Reason extends string>(counts: Partial<Record<Reason, number>>, reason: Reason) {
	counts[reason] = (counts[reason] ?? 0) + 1;
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
