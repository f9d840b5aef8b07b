import type { Period } from '../../shared/page-changes';

/*
 * Which period may hold changes that were not delivered. All times are the site's own, in unix ms: the
 * clock of n8n may be wrong.
 */

/** How far the watch has got. */
export interface Progress {
	/** Nothing before is looked for: the workflow was not published then. */
	publishedAt: number;
	/** What happened until then was delivered or recovered, and Expert holds nothing of it back. */
	cursor: number;
	/** The same, had Expert held nothing back: when a check found all in order last. */
	deliveredUntil?: number;
	/** Changes may be missing up to here: `Infinity` for up to the next check, absent when none are. */
	gapUntil?: number;
	/** Origin of the site whose changes these are. */
	site?: string;
	/** When the site was last seen with an import or export at work. */
	heldAt?: number;
}

/** What a check has shown. */
export interface Observation {
	/** When, by the site's clock. */
	at: number;
	/** The webhook was there, enabled and complete, and no delivery had failed since the last success. */
	wasDelivering: boolean;
	/** An import or export was at work: Expert may hold deliveries back until it has ended. */
	mayHoldBack: boolean;
}

/** How far a recovery has got. */
export interface Recovered {
	/** End of the period that was looked at. */
	until: number;
	/** Time of the first change that is left for the next check; absent when none is. */
	leftFrom?: number;
	/** It has not looked for what Expert may hold back: that still is. */
	keepsHold?: boolean;
}

/** How far to look back before the cursor: Expert may list a change late, or deliver an older one later. */
export const OVERLAP_MS = 10 * 60_000;
/** What happened just now may be on its way. */
export const GRACE_MS = 5_000;
/** How long after an import Expert may be sending what it has held back. */
export const CATCH_UP_MS = 60 * 60_000;
/** How long Expert is taken to hold deliveries back: a site can fail to say that a job has ended. */
export const MAX_HELD_MS = 24 * 60 * 60_000;

/** The workflow has just been published, and the webhook registered. */
export function published(at: number, site?: string): Progress {
	return { publishedAt: at, cursor: at, ...(site === undefined ? {} : { site }) };
}

/**
 * Another version of a workflow was published that followed this site until now. Since the last check n8n may
 * have responded with 404, and what Expert was holding back it sends no more. Where nothing was missing,
 * nothing older is looked for: the version before may have wanted less.
 */
export function republished({ publishedAt, cursor, gapUntil, site }: Progress): Progress {
	const since = gapUntil === undefined ? cursor : publishedAt;
	return withOpenGap({ ...published(since, site), cursor });
}

/** Deliveries may have failed, nobody knows how many: n8n was away, or told Expert to retry. */
export function withOpenGap(progress: Progress): Progress {
	return { ...progress, gapUntil: Infinity };
}

/** After a check. A gap stays open until a recovery has got past its end. */
export function afterCheck(
	progress: Progress,
	{ at, wasDelivering, mayHoldBack }: Observation,
): Progress {
	const sane = { ...notBeyond(progress, at), ...(mayHoldBack ? { heldAt: at } : {}) };
	if (!wasDelivering || sane.gapUntil === Infinity) return { ...sane, gapUntil: at };
	if (sane.gapUntil !== undefined) return sane;
	const deliveredUntil = at - GRACE_MS;
	// What is held back comes in a burst, in the middle of which Expert may disable the webhook.
	const cursor = isHeldBack(sane, at) ? at - MAX_HELD_MS : deliveredUntil;
	return withCursor({ ...sane, deliveredUntil }, cursor);
}

/** For a process that does not know what was delivered: it would take hours of that for missing. */
export function withoutHold(progress: Progress): Progress {
	return withCursor(progress, progress.deliveredUntil ?? -Infinity);
}

/** Expert may have deliveries that it has not sent yet. */
export function isHeldBack({ heldAt = -Infinity }: Progress, at: number): boolean {
	return at - heldAt < CATCH_UP_MS;
}

/** The same when a person has disabled the webhook: what happens meanwhile is not wanted. */
export function afterDisabledByPerson({ publishedAt, site }: Progress, at: number): Progress {
	return { ...published(at, site), publishedAt: Math.max(publishedAt, at) };
}

/**
 * The period in which to look for missing changes; `undefined` when none can be missing.
 *
 * @param evictedUntil up to here nobody knows which changes have come: they could come twice
 */
export function missingPeriod(
	progress: Progress,
	now: number,
	evictedUntil = -Infinity,
): Period | undefined {
	if (progress.gapUntil === undefined) return undefined;
	const since = Math.max(windowStart(progress), evictedUntil);
	const until = now - GRACE_MS;
	return until < since ? undefined : { since, until };
}

/** From when on changes are still looked for. A full second: the dates of the site have no fractions. */
export function windowStart({ cursor, publishedAt }: Progress): number {
	return Math.floor(Math.max(cursor - OVERLAP_MS, publishedAt) / 1000) * 1000;
}

/** After a recovery. What is left stays within reach of the next one. */
export function afterRecovery(
	progress: Progress,
	{ until, leftFrom, keepsHold = false }: Recovered,
): Progress {
	const reached = leftFrom ?? until;
	const deliveredUntil = Math.max(progress.deliveredUntil ?? -Infinity, reached);
	const moved = keepsHold ? { ...progress, deliveredUntil } : withCursor(progress, reached);
	const { gapUntil = 0, ...closed } = moved;
	return leftFrom === undefined && until >= gapUntil ? closed : moved;
}

const TIMES = ['publishedAt', 'cursor', 'deliveredUntil', 'heldAt'] as const;

/** What the site has said while its clock was ahead is taken back. */
function notBeyond(progress: Progress, at: number): Progress {
	const sane = { ...progress };
	for (const time of TIMES) {
		const said = sane[time];
		if (said !== undefined) sane[time] = Math.min(said, at);
	}
	return sane;
}

/** The cursor never goes back. */
function withCursor(progress: Progress, time: number): Progress {
	return { ...progress, cursor: Math.max(progress.cursor, time) };
}
