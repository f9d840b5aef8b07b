import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LISTED_AFTER_MS } from '../../../../nodes/CxoneExpert/trigger/changes/late.ts';
import { NodeChanges, OVERLAP_MS, type Progress } from '../../../../nodes/CxoneExpert/trigger/state/progress.ts';

const MINUTE = 60_000;
/** Some moment, by the clock of the site. */
const T0 = Date.parse('2026-01-30T12:00:00Z');
const SITE = 'https://expert.example';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A node that was published at some moment; or with this progress. */
function at(publishedAt: number, progress: Partial<Progress> = {}): NodeChanges {
	const changes = new NodeChanges();
	changes.published(publishedAt, SITE);
	Object.assign(changes.progress!, progress);
	return changes;
}

it('a time that the site has given while its clock was ahead is taken back', () => {
	const changes = at(T0 + 525_600 * MINUTE);
	changes.checked(T0, false, SITE);
	expect(changes.progress).toMatchObject({ publishedAt: T0, cursor: T0 });
});

it('a node that nobody has published and a person has disabled begins there', () => {
	const changes = new NodeChanges();
	changes.disabledByPerson(T0, SITE);
	expect(changes.progress).toMatchObject({ publishedAt: T0, cursor: T0, site: SITE });
});

it('changes are looked for from an hour before the cursor', () => {
	const changes = at(T0, { cursor: T0 + 180 * MINUTE });
	changes.compared(T0 + 170 * MINUTE);
	expect(changes.lookedForSince).toBe(T0 + 120 * MINUTE);
});

describe('progress: another version of the workflow is published', () => {
	const cursor = T0 + 60 * MINUTE;

	it('what came since the last check is looked for, and nothing older', () => {
		const changes = at(T0, { cursor });
		changes.republished(cursor);
		expect(changes.progress).toMatchObject({ site: SITE, missingAt: performance.now() });
		expect(changes.lookedForSince).toBe(cursor);
	});

	it.each([
		['what is missing from before still is', T0, cursor - OVERLAP_MS],
		['what happened before the first publication is not looked for', cursor - MINUTE, cursor - MINUTE],
	])('%s', (_what, publishedAt, expected) => {
		const changes = at(publishedAt, { cursor, missingAt: 1 });
		changes.republished(cursor);
		expect(changes.lookedForSince).toBe(expected);
	});
});

describe('progress: what is looked for', () => {
	it('the period starts at a full second, and not before the publication', () => {
		expect(at(T0 + 999).lookedForSince).toBe(T0);
		expect(new NodeChanges().lookedForSince).toBe(Infinity);
	});

	it('the cursor stays while something is missing, however well the next check goes', () => {
		const changes = at(T0);
		changes.openGap();
		const before = { ...changes.progress };
		changes.checked(T0 + 60 * MINUTE, true, SITE);
		expect(changes.progress).toEqual(before);
	});
});

it('the site has told all when it was asked a minute after the last trouble', () => {
	const changes = at(T0);
	changes.openGap();
	vi.advanceTimersByTime(LISTED_AFTER_MS);
	expect(changes.isAllReported(performance.now())).toBe(true);
	expect(changes.isAllReported(performance.now() - 1)).toBe(false);
});
