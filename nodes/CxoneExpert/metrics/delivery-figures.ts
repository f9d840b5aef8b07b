import { DAY_MS } from '../durations';
import { EXPERT_TIMEOUT_MS, RESPONSE_DEADLINE_MS } from '../protocol/deadlines';
import { shortenedDeliveryId } from '../protocol/headers';
import { cacheInMemory } from '../memory';
import type { Rejection, RejectionReason } from '../protocol/rejection';
import { isSameUrl } from '../api/webhook-url';
import { Hours } from './hours';

export interface SeenDelivery {
	/** Unix ms, by the wall clock. */
	at: number;
	deliveryId: string;
}

export type RejectedDelivery = SeenDelivery & Rejection;

/** `late`: n8n was too slow. `not handled`: the trigger could not use its credential. */
export type RetryReason = 'late' | 'not saved' | 'not handled';

/** This many are enough for a meaningful p95, and take 2 kB. */
const MAX_DURATIONS = 1000;
/** Fewer responses can be slow by chance, such as the first ones after a start. */
const MIN_DURATIONS = 20;
/** After a day without a slow response nothing is slow now, however few have come. */
const SLOW_FOR_MS = DAY_MS;
/** Longer durations count as this. */
const MAX_DURATION_MS = 65_535;

/** Figures of one webhook in this process. Counting is part of responding, so keep it cheap. */
export class DeliveryFigures {
	/** Unix ms when counting began. */
	readonly since: number;
	/** The names are those of Check Health. docs/operations.md says what they mean. */
	readonly counts = {
		...{ accepted: 0, duplicates: 0, filtered: 0 },
		refused: {} as Partial<Record<RejectionReason, number>>,
		toldToRetry: {} as Partial<Record<RetryReason, number>>,
		...{ late: 0, repaired: 0, recovered: 0 },
	};
	readonly hours = new Hours();
	/** Rows of "Page Paths" without a page at the site when this process published the workflow. */
	deadPaths: string[] = [];
	/** Names in "Exclude Users" that the site did not know then. */
	unknownUsers: string[] = [];
	/** Findings of the hourly comparison since this process published the workflow, by kind. */
	readonly auditFindings = new Map<string, string>();
	/** What the last check of the webhook could not do, if anything. */
	checkFailure: string | undefined;
	/** The latest delivery that Expert has proven to have sent. */
	lastDelivery: SeenDelivery | undefined;
	lastRefusal: RejectedDelivery | undefined;
	/** Rejections since the last genuine delivery. `since` is the unix ms of the first. */
	rejectionStreak: { count: number; since: number } | undefined;
	/**
	 * Ms from the trigger's call to its response of 200 or 503, without n8n's own time before. This keeps the last
	 * thousand and no histogram since the start: people look when something is wrong now, and a quiet week must not
	 * hide it. Adding one allocates nothing.
	 */
	private readonly durations = new Uint16Array(MAX_DURATIONS);
	/** Responses of 200 and 503 so far. */
	responses = 0;
	/** Unix ms of the last slow response. */
	private slowAt = -Infinity;

	constructor(since: number) {
		this.since = since;
	}

	count(what: 'accepted' | 'duplicates' | 'filtered' | 'repaired' | 'recovered', by = 1): void {
		this.counts[what] += by;
		if (what === 'accepted' || what === 'recovered') this.hours.count(what, by, Date.now());
	}

	/** Expert has proven to be the sender. The outcome is counted separately. */
	verified(deliveryId: string): void {
		this.lastDelivery = { at: Date.now(), deliveryId: shortenedDeliveryId(deliveryId) };
		this.rejectionStreak = undefined;
	}

	/** @param deliveryId as received, because anyone can make one up */
	rejected({ reason, signedMinutesAgo }: Rejection, deliveryId: unknown): void {
		const at = Date.now();
		this.rejectedTest(reason);
		this.lastRefusal = {
			...{ reason, signedMinutesAgo },
			...{ at, deliveryId: shortenedDeliveryId(deliveryId) },
		};
		this.rejectionStreak ??= { count: 0, since: at };
		this.rejectionStreak.count++;
	}

	/** Rejecting a self-declared test says nothing about Expert's own deliveries. */
	rejectedTest(reason: RejectionReason): void {
		increment(this.counts.refused, reason);
		this.hours.count('refused', 1, Date.now());
	}

	/**
	 * Counts a response. Responses to rejected deliveries are not timed, because anyone can cause them.
	 *
	 * @param ms since the trigger was called
	 * @param retryReason why it is 503
	 */
	responded(status: number, ms: number, retryReason?: RetryReason): void {
		if (retryReason === undefined && status !== 200) return;
		if (retryReason !== undefined) increment(this.counts.toldToRetry, retryReason);
		if (ms > EXPERT_TIMEOUT_MS) this.countLate();
		const duration = Math.min(MAX_DURATION_MS, Math.round(ms));
		this.durations[this.responses++ % MAX_DURATIONS] = duration;
		if (duration >= RESPONSE_DEADLINE_MS) this.slowAt = Date.now();
	}

	private countLate(): void {
		this.counts.late++;
		this.hours.count('late', 1, Date.now());
	}

	/** Whether one response in twenty takes nearly as long as Expert waits. Fewer than twenty say nothing. */
	get isSlow(): boolean {
		const isRecent = Date.now() - this.slowAt < SLOW_FOR_MS;
		return isRecent && this.responses >= MIN_DURATIONS && this.responseMs(0.95)! >= RESPONSE_DEADLINE_MS;
	}

	/** Percentile of the latest response times (nearest rank); `share` is 0.95 for p95. */
	responseMs(share: number): number | undefined {
		const sorted = this.durations.slice(0, this.responses).sort();
		return sorted[Math.ceil(share * sorted.length) - 1];
	}
}

function increment<Reason extends string>(counts: Partial<Record<Reason, number>>, reason: Reason) {
	counts[reason] = (counts[reason] ?? 0) + 1;
}

/** Figures by the webhook address that n8n gives. */
const figuresByUrl = cacheInMemory<DeliveryFigures>();

/** Returns the figures of a webhook, however the site spells its address. Creates no entry. */
export function readFigures(url: string): DeliveryFigures {
	const key = figuresByUrl.keys().find((known) => isSameUrl(known, url));
	return (key === undefined ? undefined : figuresByUrl.get(key)) ?? new DeliveryFigures(since());
}

/** An unseen webhook counts since the process started, unless its entry may have been evicted. */
function since(): number {
	return figuresByUrl.hasRoom ? performance.timeOrigin : Date.now();
}

/** Returns the figures of a webhook, and creates them if needed. `url` must come from n8n (`getNodeWebhookUrl`). */
export function figuresOf(url: string): DeliveryFigures {
	const known = figuresByUrl.get(url);
	if (known !== undefined) return known;
	const figures = new DeliveryFigures(since());
	figuresByUrl.set(url, figures);
	return figures;
}
