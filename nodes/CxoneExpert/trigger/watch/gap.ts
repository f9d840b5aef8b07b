/*
 * Which period may hold changes that were not delivered. Unless it says something else, a time is the site's
 * own, in unix ms: the clock of n8n may be wrong.
 */

/** How far the watch has got. */
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
/** What happened just now may be on its way. */
export const GRACE_MS = 5_000;
/** What was missed just now may not be listed yet: it is looked for once more. */
export const LISTED_AFTER_MS = 60_000;

/** The workflow has just been published, and the webhook registered. */
export function published(at: number, site?: string): Progress {
	return { publishedAt: at, cursor: at, ...(site === undefined ? {} : { site }) };
}

/**
 * Another version of a workflow was published that followed this site until now. Since the last check n8n may
 * have responded with 404. Where nothing was missing, nothing older is looked for: the version before may have
 * wanted less.
 */
export function republished({ publishedAt, cursor, missingAt, site }: Progress): Progress {
	const since = missingAt === undefined ? cursor : publishedAt;
	return withOpenGap({ ...published(since, site), cursor });
}

/** Deliveries may have failed, nobody knows how many: n8n was away, or told Expert to retry. */
export function withOpenGap(progress: Progress): Progress {
	return { ...progress, missingAt: performance.now() };
}

/** @param wasDelivering nothing has failed since the check before */
export function afterCheck(progress: Progress, at: number, wasDelivering: boolean): Progress {
	const sane = notBeyond(progress, at);
	if (!wasDelivering) return withOpenGap(sane);
	return sane.missingAt === undefined ? reached(sane, at - GRACE_MS) : sane;
}

/** When a person has disabled the webhook, what happens meanwhile is not wanted. */
export function afterDisabledByPerson({ publishedAt, site }: Progress, at: number): Progress {
	return { ...published(at, site), publishedAt: Math.max(publishedAt, at) };
}

/** From when on changes are still looked for. A full second: the dates of the site have no fractions. */
export function windowStart({ cursor, publishedAt }: Progress): number {
	return Math.floor(Math.max(cursor - OVERLAP_MS, publishedAt) / 1000) * 1000;
}

/** All until then was delivered or recovered. The cursor never goes back. */
export function reached(progress: Progress, time: number): Progress {
	return { ...progress, cursor: Math.max(progress.cursor, time) };
}

/**
 * Whether the site has told all that is missing when it was asked. Not if something was missed meanwhile, or
 * shortly before.
 *
 * @param askedAt when that began, ms of the monotonic clock
 */
export function isAllTold({ missingAt = -Infinity }: Progress, askedAt: number): boolean {
	return missingAt <= askedAt - LISTED_AFTER_MS;
}

/** Nothing is missing any more. */
export function withoutGap({ publishedAt, cursor, site }: Progress): Progress {
	return { publishedAt, cursor, ...(site === undefined ? {} : { site }) };
}

/** What the site has said while its clock was ahead is taken back. */
function notBeyond(progress: Progress, at: number): Progress {
	const { publishedAt, cursor } = progress;
	return { ...progress, publishedAt: Math.min(publishedAt, at), cursor: Math.min(cursor, at) };
}
