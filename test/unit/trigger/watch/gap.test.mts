import { describe, expect, it } from 'vitest';

import {
	afterCheck,
	afterRecovery,
	afterDisabledByPerson,
	CATCH_UP_MS,
	GRACE_MS,
	MAX_HELD_MS,
	missingPeriod,
	OVERLAP_MS,
	published,
	republished,
	windowStart,
	withOpenGap,
	withoutHold,
} from '../../../../nodes/CxoneExpert/trigger/watch/gap.ts';

const MINUTE = 60_000;
/** Some moment, by the clock of the site. */
const T0 = Date.parse('2026-01-30T12:00:00Z');
const good = (at: number) => ({ at, wasDelivering: true, mayHoldBack: false });
const bad = (at: number) => ({ ...good(at), wasDelivering: false });
const importing = (at: number) => ({ ...good(at), mayHoldBack: true });

describe('gap: while all is in order', () => {
	it('a look without trouble moves the cursor, and nothing is looked for', () => {
		const progress = afterCheck(published(T0), good(T0 + 5 * MINUTE));
		const cursor = T0 + 5 * MINUTE - GRACE_MS;
		expect(progress).toEqual({ publishedAt: T0, cursor, deliveredUntil: cursor });
		expect(missingPeriod(progress, T0 + 5 * MINUTE)).toBeUndefined();
	});

	it('the cursor does not go back when the site responds with an older time', () => {
		const progress = { publishedAt: T0, cursor: T0 + MINUTE };
		expect(afterCheck(progress, good(T0 + MINUTE + 1000)).cursor).toBe(T0 + MINUTE);
	});

	it('a time that the site has given while its clock was ahead is taken back', () => {
		const wrong = { publishedAt: T0, cursor: T0 + 525_600 * MINUTE };
		expect(afterCheck(wrong, good(T0 + MINUTE)).cursor).toBe(T0 + MINUTE);
		const deliveredUntil = wrong.cursor;
		const behind = afterCheck({ ...published(T0), deliveredUntil }, bad(T0 + MINUTE));
		expect(behind.deliveredUntil).toBe(T0 + MINUTE);
	});
});

describe('gap: while the site imports or exports', () => {
	it('the cursor stays where it is until Expert has had an hour to send what it has held back', () => {
		const begun = afterCheck(published(T0), importing(T0 + 5 * MINUTE));
		const ended = T0 + 60 * MINUTE;
		const later = afterCheck(afterCheck(begun, importing(ended)), good(ended + CATCH_UP_MS - 1));
		expect(later.cursor).toBe(T0);
		expect(afterCheck(later, good(ended + CATCH_UP_MS)).cursor).toBe(
			ended + CATCH_UP_MS - GRACE_MS,
		);
	});

	it('the cursor is a day behind at most: a site can fail to say that an import has ended', () => {
		const endless = afterCheck(published(T0), importing(T0 + MAX_HELD_MS + MINUTE));
		expect(endless.cursor).toBe(T0 + MINUTE);
	});

	it('what was held back is looked for when another version of the workflow is published', () => {
		const held = afterCheck(published(T0), importing(T0 + 5 * MINUTE));
		const progress = withoutHold(republished(held));
		expect(missingPeriod(progress, T0 + 7 * MINUTE)?.since).toBe(T0);
	});

	it('a process that does not know what was delivered looks back no further than to the last check', () => {
		const held = afterCheck(published(T0), importing(T0 + 50 * MINUTE));
		const open = afterCheck(held, bad(T0 + 60 * MINUTE));
		const since = T0 + 50 * MINUTE - GRACE_MS - OVERLAP_MS;
		expect(missingPeriod(withoutHold(open), T0 + 60 * MINUTE)?.since).toBe(since);
		expect(missingPeriod(open, T0 + 60 * MINUTE)?.since).toBe(T0);
		expect(withoutHold(published(T0))).toEqual(published(T0));
	});

	it('what was held back is looked for when the webhook is disabled in the end', () => {
		const ended = afterCheck(
			afterCheck(published(T0), importing(T0 + MINUTE)),
			importing(T0 + 60 * MINUTE),
		);
		const disabled = afterCheck(ended, bad(T0 + 65 * MINUTE));
		expect(missingPeriod(disabled, T0 + 65 * MINUTE)?.since).toBe(T0);
	});

	it('an import that a clock ahead has seen in the future ends as others do', () => {
		const wrong = { ...published(T0), heldAt: T0 + 525_600 * MINUTE };
		const sane = afterCheck(wrong, good(T0 + MINUTE));
		expect(afterCheck(sane, good(T0 + MINUTE + CATCH_UP_MS)).cursor).toBeGreaterThan(T0);
	});
});

describe('gap: another version of the workflow is published', () => {
	const before = { publishedAt: T0, cursor: T0 + 60 * MINUTE, site: 'https://expert.example' };
	const now = T0 + 66 * MINUTE;

	it('what came since the last check is looked for, and nothing older', () => {
		const progress = republished(before);
		expect(progress.site).toBe(before.site);
		expect(missingPeriod(progress, now)?.since).toBe(before.cursor);
	});

	it('what is missing from before still is', () => {
		const progress = republished({ ...before, gapUntil: T0 + 61 * MINUTE });
		expect(missingPeriod(progress, now)?.since).toBe(before.cursor - OVERLAP_MS);
	});

	it('what happened before the first publication is not looked for', () => {
		const young = { ...before, publishedAt: before.cursor - MINUTE, gapUntil: Infinity };
		expect(missingPeriod(republished(young), now)?.since).toBe(young.publishedAt);
	});
});

describe('gap: what is looked for', () => {
	it('a look with trouble opens a gap from ten minutes before the cursor', () => {
		const before = { publishedAt: T0 - 60 * MINUTE, cursor: T0 };
		const progress = afterCheck(before, bad(T0 + 5 * MINUTE));
		expect(missingPeriod(progress, T0 + 5 * MINUTE)).toEqual({
			since: T0 - OVERLAP_MS,
			until: T0 + 5 * MINUTE - GRACE_MS,
		});
	});

	it('what was changed before the publication is not looked for', () => {
		const progress = withOpenGap(published(T0));
		expect(missingPeriod(progress, T0 + MINUTE)?.since).toBe(T0);
		expect(windowStart(progress)).toBe(T0);
	});

	it('the period to look through starts at a full second, as the dates of the site are', () => {
		expect(windowStart(published(T0 + 999))).toBe(T0);
	});

	it('nothing is looked for of a time of which nobody knows what has come', () => {
		const open = withOpenGap(published(T0));
		expect(missingPeriod(open, T0 + 5 * MINUTE, T0 + MINUTE)?.since).toBe(T0 + MINUTE);
		expect(missingPeriod(open, T0 + 5 * MINUTE, T0 - MINUTE)?.since).toBe(T0);
		expect(missingPeriod(open, T0 + 5 * MINUTE, T0 + 6 * MINUTE)).toBeUndefined();
	});

	it('nothing is looked for in the first seconds after the publication', () => {
		expect(missingPeriod(withOpenGap(published(T0)), T0 + GRACE_MS - 1)).toBeUndefined();
	});

	it('the start of n8n opens a gap up to the next look, however well that goes', () => {
		const progress = afterCheck(withOpenGap(published(T0)), good(T0 + 60 * MINUTE));
		expect(progress).toEqual({ ...published(T0), gapUntil: T0 + 60 * MINUTE });
	});

	it('a gap goes on as long as there is trouble', () => {
		const open = afterCheck(published(T0), bad(T0 + MINUTE));
		expect(afterCheck(open, bad(T0 + 2 * MINUTE)).gapUntil).toBe(T0 + 2 * MINUTE);
		expect(afterCheck(open, good(T0 + 2 * MINUTE)).gapUntil).toBe(T0 + MINUTE);
	});
});

describe('gap: after a recovery', () => {
	const open = { publishedAt: T0, cursor: T0, gapUntil: T0 + 5 * MINUTE };

	it('a recovery that got past the end of the gap closes it', () => {
		const until = T0 + 6 * MINUTE;
		expect(afterRecovery(open, { until })).toEqual({ publishedAt: T0, cursor: until });
	});

	it('a recovery that ended before the end of the gap leaves it open', () => {
		const until = T0 + 5 * MINUTE - GRACE_MS;
		expect(afterRecovery(open, { until })).toEqual({ ...open, cursor: until });
	});

	it('a recovery that has not looked for what is held back leaves it to a later one', () => {
		const held = { ...open, heldAt: T0 + MINUTE };
		const until = T0 + 6 * MINUTE;
		const after = afterRecovery(held, { until, keepsHold: true });
		expect(after).toEqual({
			publishedAt: T0,
			cursor: T0,
			deliveredUntil: until,
			heldAt: T0 + MINUTE,
		});
		expect(withoutHold(after).cursor).toBe(until);
		const leftFrom = T0 + 2 * MINUTE;
		expect(afterRecovery(held, { until, leftFrom, keepsHold: true })).toEqual({
			...held,
			deliveredUntil: leftFrom,
		});
	});

	it('what a recovery has left is within reach of the next one', () => {
		const leftFrom = T0 + MINUTE;
		const progress = afterRecovery(open, { until: T0 + 60 * MINUTE, leftFrom });
		expect(progress).toEqual({ ...open, cursor: leftFrom });
		expect(missingPeriod(progress, T0 + 61 * MINUTE)?.since).toBeLessThanOrEqual(leftFrom);
	});

	it('what a recovery has left does not put the cursor back', () => {
		const progress = { ...open, cursor: T0 + 2 * MINUTE };
		expect(afterRecovery(progress, { until: T0 + 3 * MINUTE, leftFrom: T0 })).toEqual(progress);
	});

	it('a workflow that was published again meanwhile has no gap', () => {
		expect(afterRecovery(published(T0 + 9 * MINUTE), { until: T0 })).toEqual(
			published(T0 + 9 * MINUTE),
		);
	});
});

describe('gap: a person has disabled the webhook', () => {
	it('nothing of the time in which a person had disabled the webhook is looked for later, nor a gap from before', () => {
		const open = { publishedAt: T0, cursor: T0, gapUntil: Infinity };
		const off = afterDisabledByPerson(open, T0 + 60 * MINUTE);
		expect(off).toEqual(published(T0 + 60 * MINUTE));
	});
});
