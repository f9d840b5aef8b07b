import { sleep } from 'n8n-workflow';

import { SECOND_MS } from '../../durations';
import type { ApiClient } from '../../api/client';
import { apiTime, modifiedAt } from '../../api/elements';
import { asExpertError, type ExpertError } from '../../api/expert-error';
import { findChangedPages, type FoundPages, type Period, WHOLE_SITE } from '../../api/pages';
import { untilAnswered } from '../../api/resumable';
import type { XmlElement } from '../../api/xml';

/** Response bytes of one `find`. Parsing this many blocks n8n for 15 to 30 ms. */
const MAX_SLICE_BYTES = 256 * 1024;
/** Lets n8n handle deliveries before the next response is parsed. */
const PAUSE_AFTER_SLICE_MS = 50;
/** Twice as many pages as this still fit into one response. */
const FEW_PAGES = 120;
/** Contains at least one full second, even if the site excludes both `since` and `upto`. */
const MIN_SLICE_MS = 2 * SECOND_MS;

/** A part of a period; the last has no end. Unix ms. */
interface Slice {
	start: number;
	end: number;
	isLast: boolean;
	/** It has to be taken as the site gives it. */
	isShortest: boolean;
}

/**
 * Yields pages changed in or after the period, some twice, but never the home page; or, as a {@link Resumable}, the
 * error of a failed call. Searches slice by slice, oldest first: pages that change meanwhile move to a later one. The
 * last has no end, as a page changed after the period may also have changed within it. A slice is not complete if the
 * site lists only some of the pages that change within two seconds.
 */
export async function* changedPages(
	api: ApiClient,
	{ since, until }: Period,
): AsyncGenerator<ExpertError | FoundPages, void, void> {
	const aheadMs = until - performance.now();
	let [start, lengthMs] = [since, Infinity];
	for (;;) {
		const now = performance.now() + aheadMs;
		const slice = sliceOf(start, lengthMs, now);
		const found = yield* untilAnswered(async () => await findIn(api, slice));
		if (found === undefined) {
			lengthMs = (Math.min(slice.end, now) - start) / 2;
			continue;
		}
		yield found;
		if (slice.isLast || isUptoIgnored(found.pages, slice.end, now)) return;
		if (found.pages.length <= FEW_PAGES) lengthMs *= 2;
		// The site may exclude both ends of a slice.
		start = slice.end - SECOND_MS;
		await sleep(PAUSE_AFTER_SLICE_MS);
	}
}

/** The site's dates have no fractions. */
function sliceOf(start: number, lengthMs: number, now: number): Slice {
	const wholeMs = Math.max(MIN_SLICE_MS, Math.floor(lengthMs / SECOND_MS) * SECOND_MS);
	const end = start + wholeMs;
	return { start, end, isLast: end >= now, isShortest: wholeMs <= MIN_SLICE_MS };
}

/** Returns `undefined` if the pages do not fit into one response. */
async function findIn(api: ApiClient, { start, end, isLast, isShortest }: Slice): Promise<FoundPages | undefined> {
	const found = await findChangedPages(api, {
		...WHOLE_SITE,
		since: apiTime(start),
		...(isLast ? {} : { upto: apiTime(end) }),
		...(isShortest ? {} : { maxBytes: MAX_SLICE_BYTES }),
	}).catch((thrown: unknown) => {
		const error = asExpertError(thrown);
		if (isShortest || error.kind !== 'too-large') throw error;
		return undefined;
	});
	if (found === undefined) return undefined;
	// The site may count pages that our user may not see. No slice would be short enough for those.
	const isComplete = found.isComplete || found.pages.length <= FEW_PAGES;
	return isComplete || isShortest ? { ...found, isComplete } : undefined;
}

/** Changes made since the call prove nothing. @param asked time of the call */
function isUptoIgnored(pages: XmlElement[], upto: number, asked: number): boolean {
	const isAfter = (at = 0) => at > upto + 2 * SECOND_MS && at < asked;
	return pages.some((page) => isAfter(modifiedAt(page)));
}
