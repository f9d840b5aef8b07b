import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type Change, CHANGE_KINDS, type ChangeKind } from '../../../../nodes/CxoneExpert/event/change.ts';
import {
	MAX_KNOWN_CHANGES,
	MAX_EXCESS_ROWS,
	MAX_STORED_CHANGES,
} from '../../../../nodes/CxoneExpert/trigger/ledger/bounds.ts';
import { KnownChanges } from '../../../../nodes/CxoneExpert/trigger/ledger/known-changes.ts';

const SITE = 'https://help.example.com';
const TIME = 1_800_000_000;
const HOUR = 3600;

let known: KnownChanges;
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['performance'] });
	known = new KnownChanges();
});
afterEach(() => void vi.useRealTimers());

/** Of page 371, which is named; `undefined` for an event that names none. */
const change = (kind: ChangeKind, at = TIME, page: string | undefined = '371', revision = 1): Change => ({
	...{ kind, at: at * 1000, ...(page === undefined ? {} : { page }) },
	...(kind === 'edited' ? { revision } : {}),
});
const pageless = (at = TIME): Change => ({ kind: 'edited', at: at * 1000 });
const take = (given: Change, from = known) => from.take(SITE, given);
const record = (from = known) => ({
	...from.stored(),
	...{ writer: 'w', forgottenUpTo: 0, keptUntil: 0, rows: '', open: '' },
});

/** Another process that has read what this one stores. */
function otherProcess(): KnownChanges {
	const other = new KnownChanges();
	other.merge(record());
	return other;
}

it.each(CHANGE_KINDS)(
	'a change that is %s and delivered is coming, then known, and missing after a failure',
	(kind) => {
		const coming = known.deliver(SITE, change(kind));
		expect([take(change(kind)), take(change(kind), otherProcess())]).toEqual(['coming', 'missing']);
		coming.hasFailed();
		expect(take(change(kind))).toBe('missing');
		known.deliver(SITE, change(kind)).hasCome();
		expect([take(change(kind)), take(change(kind), otherProcess())]).toEqual(['known', 'known']);
		expect(take(change(kind, TIME, 'other'))).toBe('missing');
	},
);

it('a delivery that comes again and fails leaves known what has come', () => {
	known.noteDelivered(SITE, change('edited'));
	known.deliver(SITE, change('edited')).hasFailed();
	expect(take(change('edited'))).toBe('known');
});

it('a delivered edit is known by page and time, a recovered one by its revision', () => {
	known.noteDelivered(SITE, change('edited', TIME, '371', 9));
	expect([-3, -2, 2, 3].map((later) => take(change('edited', TIME + later)))).toEqual([
		'missing',
		'known',
		'known',
		'missing',
	]);
	known.recover(SITE, change('edited', TIME + HOUR)).hasCome();
	expect(take(change('edited', TIME + HOUR))).toBe('known');
	expect(take(change('edited', TIME + HOUR, '371', 2))).toBe('missing');
});

it('nobody waits longer than an hour for a recovery', () => {
	known.recover(SITE, change('edited'));
	vi.advanceTimersByTime(HOUR * 1000 - 1);
	expect(take(change('edited'))).toBe('coming');
	vi.advanceTimersByTime(1);
	expect(take(change('edited'))).toBe('missing');
});

describe('an event that names no page', () => {
	it('stands for one change near it, which is known by its name from then on', () => {
		known.noteDelivered(SITE, pageless());
		expect(take(change('edited', TIME + 3))).toBe('missing');
		expect(take(change('edited', TIME + 2))).toBe('known');
		expect([take(change('edited', TIME + 2)), take(change('edited', TIME + 2), otherProcess())]).toEqual([
			'known',
			'known',
		]);
		expect(take(change('edited', TIME, 'other'))).toBe('missing');
	});

	it('two of one second stand for two changes', () => {
		known.deliver(SITE, pageless()).hasCome();
		known.deliver(SITE, pageless()).hasCome();
		const took = ['one', 'two', 'three'].map((page) => take(change('edited', TIME, page)));
		expect(took).toEqual(['known', 'known', 'missing']);
	});

	it('counts once, however often copies of it are filtered out', () => {
		for (let copy = 0; copy < 3; copy++) known.noteDelivered(SITE, pageless());
		expect(take(change('edited', TIME, 'one'))).toBe('known');
		expect(take(change('edited', TIME, 'two'))).toBe('missing');
	});
});

describe('forgetting', () => {
	const fill = (count: number) => {
		for (let n = 0; n < count; n++) known.noteDelivered(SITE, change('created', TIME + n, `${n}`));
	};
	const rows = () => known.stored().changes.length / 14;

	it('what no recovery asks for is forgotten once an hour', () => {
		known.forget(0);
		known.noteDelivered(SITE, change('edited'));
		known.forget(TIME + 1);
		expect(rows()).toBe(1);
		vi.advanceTimersByTime(HOUR * 1000);
		known.forget(TIME);
		expect(rows()).toBe(1);
		vi.advanceTimersByTime(HOUR * 1000);
		known.forget(TIME + 1);
		expect(rows()).toBe(0);
	});

	it('above the limit the oldest are forgotten, and fewer are stored', () => {
		fill(MAX_KNOWN_CHANGES + 101);
		known.forget(0);
		expect(rows()).toBe(MAX_STORED_CHANGES);
		const newest = TIME + MAX_KNOWN_CHANGES + 100;
		const takeAt = (at: number, from = known) => take(change('created', at, `${at - TIME}`), from);
		expect([takeAt(TIME + 100), takeAt(TIME + 101)]).toEqual(['missing', 'known']);
		const [lastStored, other] = [newest - MAX_STORED_CHANGES + 1, otherProcess()];
		expect([takeAt(lastStored - 1, other), takeAt(lastStored, other)]).toEqual(['missing', 'known']);
	});

	it('what is stored stays short without forgetting', () => {
		fill(MAX_STORED_CHANGES + 500);
		expect(rows()).toBeLessThanOrEqual(MAX_STORED_CHANGES + MAX_EXCESS_ROWS);
	});

	it('a record does not grow by being read', () => {
		fill(3);
		const other = otherProcess();
		for (let n = 0; n < 5; n++) {
			other.merge(record());
			known.merge({ ...record(other), writer: 'x' });
		}
		expect(rows()).toBe(3);
	});
});

it('a change near another one of its page is seen', () => {
	known.noteDelivered(SITE, change('edited'));
	expect(known.hasNear(SITE, change('edited', TIME + 2))).toBe(true);
	expect(known.hasNear(SITE, change('edited', TIME + 3))).toBe(false);
	expect(known.hasNear(SITE, change('deleted'))).toBe(false);
});
