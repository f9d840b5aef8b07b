import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
	afterCheck,
	afterDisabledByPerson,
	GRACE_MS,
	LISTED_AFTER_MS,
	OVERLAP_MS,
	published,
	reached,
	isAllTold,
	republished,
	windowStart,
	withOpenGap,
	withoutGap,
} from '../../../../nodes/CxoneExpert/trigger/watch/gap.ts';

const MINUTE = 60_000;
/** Some moment, by the clock of the site. */
const T0 = Date.parse('2026-01-30T12:00:00Z');

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => void vi.advanceTimersByTime(ms);

describe('gap: while all is in order', () => {
	it('a check without trouble moves the cursor, and nothing is missing', () => {
		const cursor = T0 + 5 * MINUTE - GRACE_MS;
		expect(afterCheck(published(T0), T0 + 5 * MINUTE, true)).toEqual({ publishedAt: T0, cursor });
	});

	it('the cursor does not go back when the site responds with an older time', () => {
		const progress = { publishedAt: T0, cursor: T0 + MINUTE };
		expect(afterCheck(progress, T0 + MINUTE + 1000, true).cursor).toBe(T0 + MINUTE);
	});

	it('a time that the site has given while its clock was ahead is taken back', () => {
		const ahead = published(T0 + 525_600 * MINUTE);
		const at = T0 + MINUTE;
		expect(afterCheck(ahead, at, false)).toMatchObject({ publishedAt: at, cursor: at });
	});
});

describe('gap: another version of the workflow is published', () => {
	const before = { publishedAt: T0, cursor: T0 + 60 * MINUTE, site: 'https://expert.example' };

	it('what came since the last check is looked for, and nothing older', () => {
		const progress = republished(before);
		expect(progress).toMatchObject({ site: before.site, missingAt: performance.now() });
		expect(windowStart(progress)).toBe(before.cursor);
	});

	it('what is missing from before still is', () => {
		const progress = republished({ ...before, missingAt: 1 });
		expect(windowStart(progress)).toBe(Math.max(T0, before.cursor - OVERLAP_MS));
	});

	it('what happened before the first publication is not looked for', () => {
		const young = { ...before, publishedAt: before.cursor - MINUTE, missingAt: 1 };
		expect(windowStart(republished(young))).toBe(young.publishedAt);
	});
});

describe('gap: what is looked for', () => {
	it('the period to look through begins an hour before the cursor', () => {
		const progress = { publishedAt: T0 - 120 * MINUTE, cursor: T0 };
		expect(windowStart(afterCheck(progress, T0 + 5 * MINUTE, false))).toBe(T0 - OVERLAP_MS);
	});

	it('what was changed before the publication is not looked for', () => {
		expect(windowStart(published(T0))).toBe(T0);
	});

	it('the period to look through starts at a full second, as the dates of the site are', () => {
		expect(windowStart(published(T0 + 999))).toBe(T0);
	});

	it('the cursor stays while something is missing, however well the next check goes', () => {
		const open = withOpenGap(published(T0));
		expect(afterCheck(open, T0 + 60 * MINUTE, true)).toEqual(open);
	});

	it('nothing of the time in which a person had disabled the webhook is looked for later, nor a gap from before', () => {
		const off = afterDisabledByPerson(withOpenGap(published(T0)), T0 + 60 * MINUTE);
		expect(off).toEqual(published(T0 + 60 * MINUTE));
	});
});

describe('gap: after a recovery', () => {
	it('a recovery moves the cursor to where it got to, and never back', () => {
		expect(reached(published(T0), T0 + MINUTE).cursor).toBe(T0 + MINUTE);
		expect(reached(published(T0 + MINUTE), T0).cursor).toBe(T0 + MINUTE);
	});

	it('the site has told all when it was asked a minute after the last trouble', () => {
		const open = withOpenGap(published(T0));
		pass(LISTED_AFTER_MS);
		expect(isAllTold(open, performance.now())).toBe(true);
		expect(isAllTold(open, performance.now() - 1)).toBe(false);
	});

	it('the site has not told what is missed after it was asked', () => {
		const askedAt = performance.now();
		pass(3 * LISTED_AFTER_MS);
		expect(isAllTold(withOpenGap(published(T0)), askedAt)).toBe(false);
	});

	it('a gap that is over leaves the rest of the progress as it was', () => {
		for (const progress of [published(T0), published(T0, 'https://expert.example')])
			expect(withoutGap(withOpenGap(progress))).toEqual(progress);
	});
});
