import { describe, expect, it, vi } from 'vitest';

import type { ChangeName } from '../../../../nodes/CxoneExpert/trigger/watch/change-key.ts';
import { readStoredChanges } from '../../../../nodes/CxoneExpert/trigger/watch/change-row.ts';
import { KnownChanges } from '../../../../nodes/CxoneExpert/trigger/watch/known.ts';

const NOW = Date.parse('2026-01-30T17:00:00Z');
const HOUR = 3_600_000;
const SECOND = 1000;

const created = (page = '371', at = NOW): ChangeName => ({ kind: 'c', subject: page, at });
const edited = (revision = 4, at = NOW): ChangeName => ({
	...{ kind: 'e', subject: `371:${revision}`, at },
});
const deleted = (at = NOW): ChangeName => ({ kind: 'd', subject: '371', at });
/** An event that names no page. */
const pageless = (at = NOW): ChangeName => ({ kind: 'c', at });

/** As a process has it that starts after the other. */
function restarted(known: KnownChanges): KnownChanges {
	const next = new KnownChanges();
	next.merge(readStoredChanges(JSON.parse(JSON.stringify(known.stored()))));
	return next;
}

describe('KnownChanges: a change comes in one way', () => {
	it('a recovery takes what was neither delivered nor recovered', () => {
		expect(new KnownChanges().take(created(), NOW)).toBe('missing');
	});

	it.each([
		['a new page', created()],
		['an edit', edited()],
		['a deletion', deleted()],
	])('%s that was delivered is not recovered', (_case, change) => {
		const known = new KnownChanges();
		known.noteDelivered(change, NOW);
		expect(known.take(change, NOW)).toBe('known');
		expect(restarted(known).take(change, NOW)).toBe('known');
	});

	it.each([
		['a new page', created()],
		['an edit', edited()],
		['a deletion', deleted()],
	])('%s that was recovered is neither recovered again nor delivered', (_case, change) => {
		const known = new KnownChanges();
		known.noteRecovered(change, NOW);
		for (const each of [known, restarted(known)]) {
			expect(each.take(change, NOW)).toBe('known');
			expect(each.takeRecovered(change)).toBe(true);
			expect(each.takeRecovered(change)).toBe(true);
		}
	});

	it('two genuine deliveries of one change do not meet', () => {
		const known = new KnownChanges();
		known.noteDelivered(created(), NOW);
		expect(known.takeRecovered(created())).toBe(false);
	});

	it('a creation, an edit and another revision of the same page are three changes', () => {
		const known = new KnownChanges();
		known.noteRecovered(created(), NOW);
		known.noteRecovered(edited(4), NOW);
		expect(known.takeRecovered(edited(5, NOW + HOUR))).toBe(false);
		expect(known.take(edited(5, NOW + HOUR), NOW)).toBe('missing');
		expect(known.take(created('372'), NOW)).toBe('missing');
	});

	it('a page that is deleted once more is another change, a few seconds are not', () => {
		const known = new KnownChanges();
		known.noteRecovered(deleted(), NOW);
		expect(known.takeRecovered(deleted(NOW + 3 * SECOND))).toBe(true);
		expect(known.takeRecovered(deleted(NOW + HOUR))).toBe(false);
	});

	it('a change that was noted in both ways stays a recovered one', () => {
		const known = new KnownChanges();
		known.noteRecovered(created(), NOW);
		known.noteDelivered(created(), NOW);
		expect(known.takeRecovered(created())).toBe(true);
		expect(known.stored().known).toBe(restarted(known).stored().known);
	});
});

describe('KnownChanges: edits whose revision an event counts in another way', () => {
	const near = [-2, -1, 0, 1, 2].flatMap((offset) => [
		[offset, 0] as const,
		[offset, 2] as const,
		[offset, -2] as const,
	]);

	it.each(near)(
		'an edit that was delivered as a revision %i higher and %i seconds later is not recovered',
		(offset, seconds) => {
			const known = new KnownChanges();
			known.noteDelivered(edited(4 + offset, NOW + seconds * SECOND), NOW);
			for (const each of [known, restarted(known)]) expect(each.take(edited(), NOW)).toBe('known');
		},
	);

	it.each(near)(
		'a late delivery of a recovered edit, as a revision %i higher and %i seconds later, is dropped',
		(offset, seconds) => {
			const known = new KnownChanges();
			known.begin(edited(), { way: 'recovered', isOpen: () => true });
			const late = edited(4 + offset, NOW + seconds * SECOND);
			expect(known.takeRecovered(late)).toBe(true);
			known.noteRecovered(edited(), NOW);
			for (const each of [known, restarted(known)]) expect(each.takeRecovered(late)).toBe(true);
		},
	);

	it.each([-3, 3])('a delivered revision that is %i higher is another edit', (offset) => {
		const known = new KnownChanges();
		known.noteDelivered(edited(4 + offset), NOW);
		expect(known.take(edited(), NOW)).toBe('missing');
	});

	it.each([-1, 0, 1])(
		'a revision %i higher and three seconds later is another edit: neither recovered nor delivered with this one',
		(offset) => {
			const other = edited(4 + offset, NOW + 3 * SECOND);
			const known = new KnownChanges();
			known.noteRecovered(edited(), NOW);
			expect(known.takeRecovered(other)).toBe(false);
			expect(known.take(other, NOW)).toBe('missing');
			known.noteDelivered(other, NOW);
			expect(known.take(other, NOW)).toBe('known');
			expect(known.takeRecovered(edited())).toBe(true);
		},
	);

	it('two missed edits within a second are both recovered', () => {
		const known = new KnownChanges();
		known.noteRecovered(edited(4), NOW);
		expect(known.take(edited(5), NOW)).toBe('missing');
	});

	it('an edit of another page is another edit', () => {
		const known = new KnownChanges();
		known.noteDelivered({ kind: 'e', subject: '372:4', at: NOW }, NOW);
		expect(known.take(edited(), NOW)).toBe('missing');
	});
});

describe('KnownChanges: whether the site sends the first text of a page as an edit', () => {
	const pairs = (...changes: ChangeName[]) => {
		const known = new KnownChanges();
		for (const change of changes) known.noteDelivered(change, NOW);
		return known;
	};

	it.each([
		['both events of a page', true, [created(), edited(1)]],
		['both in the other order', true, [edited(1), created()]],
		['both, where events count from 0', true, [edited(0), created()]],
		['both, seconds apart', true, [created(), edited(1, NOW + 2 * SECOND)]],
		['a draft and its publication', false, [created(), edited(1, NOW + 3 * SECOND)]],
		['a publication and then a page', false, [edited(1), created('371', NOW + 3 * SECOND)]],
		['a second text right away', false, [created(), edited(2)]],
		['events of two pages', false, [created('372'), edited(1)]],
		['an edit alone', false, [edited(1)]],
		['a creation alone', false, [created()]],
		['a deletion', false, [created(), deleted()]],
		['an event without a page', false, [pageless(), edited(1)]],
	])('deliveries of %s show it: %s', (_case, expected, changes) => {
		const known = pairs(...changes);
		expect(known.isWithFirstText(changes.at(-1)!)).toBe(expected);
		expect(restarted(known).isWithFirstText(changes.at(-1)!)).toBe(expected);
	});

	it('what was seen is kept when the deliveries are forgotten, and not for another site', () => {
		const known = pairs(created(), edited(1));
		known.noteFirstText();
		known.evict({ windowStart: NOW + HOUR, now: NOW + HOUR });
		expect(known.stored().known).toBe('');
		expect(restarted(known).sendsFirstTexts).toBe(true);
		known.clear();
		expect(known.sendsFirstTexts).toBe(false);
	});
});

describe('KnownChanges: what counts as delivered', () => {
	it.each([
		['a new page', created()],
		['an edit', edited()],
		['a deletion', deleted()],
	])('%s that counts as delivered is not recovered, and delivered once more', (_case, change) => {
		const known = new KnownChanges();
		known.noteDelivered(change, NOW);
		known.noteRecovered(change, NOW);
		for (const each of [known, restarted(known)]) {
			expect(each.take(change, NOW)).toBe('known');
			expect(each.takeRecovered(change)).toBe(false);
		}
	});
});

describe('KnownChanges: what n8n has not confirmed', () => {
	it('a change whose execution is being started is left, and not stored', () => {
		const known = new KnownChanges();
		known.begin(created(), { way: 'recovered', isOpen: () => true });
		expect(known.take(created(), NOW)).toBe('pending');
		expect(known.takeRecovered(created())).toBe(true);
		expect(restarted(known).take(created(), NOW)).toBe('missing');
	});

	it('a retry of a delivery that is being saved is not taken for a recovered change', () => {
		const known = new KnownChanges();
		known.begin(created(), { way: 'delivered', isOpen: () => true });
		expect(known.take(created(), NOW)).toBe('pending');
		expect(known.takeRecovered(created())).toBe(false);
	});

	it.each(['delivered', 'recovered'] as const)(
		'a change that n8n could not save as %s is missing again',
		(way) => {
			const known = new KnownChanges();
			let isOpen = true;
			known.begin(created(), { way, isOpen: () => isOpen });
			isOpen = false;
			expect(known.take(created(), NOW)).toBe('missing');
			expect(known.takeRecovered(created())).toBe(false);
		},
	);
});

describe('KnownChanges: what n8n has not confirmed, told by its time', () => {
	const begun = (change: ChangeName, way: 'delivered' | 'recovered') => {
		const known = new KnownChanges();
		known.begin(change, { way, isOpen: () => true });
		return known;
	};

	it('an event without a page that is being saved may be the change that a recovery finds', () => {
		const known = begun(pageless(NOW + 2 * SECOND), 'delivered');
		expect(known.take(created('371', NOW), NOW)).toBe('pending');
		expect(known.take(created('371', NOW - SECOND), NOW)).toBe('missing');
		expect(known.take({ ...edited(), at: NOW }, NOW)).toBe('missing');
	});

	it('an event without a page stands for one change that is being recovered', () => {
		const known = begun(created(), 'recovered');
		expect(known.takeRecovered(pageless(NOW + 3 * SECOND))).toBe(false);
		expect(known.takeRecovered(pageless(NOW + SECOND))).toBe(true);
		expect(known.takeRecovered(pageless(NOW + SECOND))).toBe(false);
		known.noteRecovered(created(), NOW);
		expect(restarted(known).takeRecovered(pageless(NOW + SECOND))).toBe(false);
		expect(known.takeRecovered(created())).toBe(true);
	});

	it('a deletion that is being started is the same some seconds later, not an hour later', () => {
		const known = begun(deleted(), 'recovered');
		expect(known.takeRecovered(deleted(NOW + 3 * SECOND))).toBe(true);
		expect(known.take(deleted(NOW + 3 * SECOND), NOW)).toBe('pending');
		expect(known.takeRecovered(deleted(NOW + HOUR))).toBe(false);
		expect(begun(deleted(), 'delivered').takeRecovered(deleted(NOW + SECOND))).toBe(false);
	});
});

describe('KnownChanges: events that name no page', () => {
	it('an event without a page stands for the change of its type within two seconds', () => {
		const known = new KnownChanges();
		known.noteDelivered(pageless(NOW + 2 * SECOND), NOW);
		const next = restarted(known);
		expect(next.take({ ...edited(), at: NOW }, NOW)).toBe('missing');
		expect(next.take(created('371', NOW - SECOND), NOW)).toBe('missing');
		expect(next.take(created('371', NOW), NOW)).toBe('known');
	});

	it('an event without a page stands for one change only, also when it is asked for again', () => {
		const known = new KnownChanges();
		known.noteDelivered(pageless(), NOW);
		expect(known.take(created('371'), NOW)).toBe('known');
		expect(known.take(created('371'), NOW)).toBe('known');
		expect(known.take(created('372'), NOW)).toBe('missing');
	});

	it('a late event without a page uses up one recovered change', () => {
		const known = new KnownChanges();
		known.noteRecovered(created('371'), NOW);
		known.noteRecovered(created('372'), NOW);
		expect(known.takeRecovered(pageless(NOW + 3 * SECOND))).toBe(false);
		expect(known.takeRecovered(pageless(NOW + SECOND))).toBe(true);
		const next = restarted(known);
		expect(next.takeRecovered(pageless())).toBe(true);
		expect(next.takeRecovered(pageless())).toBe(false);
		// What is used up is still known.
		expect(next.take(created('371'), NOW)).toBe('known');
	});
});

describe('KnownChanges: how much is kept', () => {
	it('a delivered change is kept as long as it may be looked for', () => {
		const known = new KnownChanges();
		known.noteDelivered(created('371', NOW - HOUR), NOW);
		known.evict({ windowStart: NOW - HOUR, now: NOW });
		expect(known.take(created('371', NOW - HOUR), NOW)).toBe('known');
		known.evict({ windowStart: NOW - HOUR + SECOND, now: NOW });
		expect(known.stored().known).toBe('');
	});

	it('a delivered change is kept for days while it may be looked for', () => {
		const known = new KnownChanges();
		known.noteDelivered(created('371', NOW), NOW);
		known.evict({ windowStart: NOW, now: NOW + 72 * HOUR });
		expect(known.take(created('371', NOW), NOW + 72 * HOUR)).toBe('known');
	});

	it('a recovered change is kept for a day after its recovery, however old it is', () => {
		const known = new KnownChanges();
		known.noteRecovered(created('371', NOW - 900 * HOUR), NOW);
		known.evict({ windowStart: NOW, now: NOW + 24 * HOUR });
		expect(known.takeRecovered(created())).toBe(true);
		known.evict({ windowStart: NOW, now: NOW + 24 * HOUR + SECOND });
		expect(known.takeRecovered(created())).toBe(false);
	});

	it('at most 10,000 changes are kept, the oldest are dropped', () => {
		const known = new KnownChanges();
		for (let page = 0; page < 10_010; page++) {
			known.noteRecovered(created(`${page}`), NOW + page * SECOND);
		}
		known.evict({ windowStart: NOW, now: NOW });
		expect(known.stored().known).toHaveLength(10_000 * 22);
		expect(known.takeRecovered(created('9'))).toBe(false);
		expect(known.takeRecovered(created('10'))).toBe(true);
	});
});

describe('KnownChanges: when it is looked through', () => {
	it('changes are looked through once a second at most', () => {
		const known = new KnownChanges();
		const evict = (now: number) => known.evict({ windowStart: NOW, now });
		evict(NOW);
		known.noteDelivered(created('371', NOW - HOUR), NOW);
		evict(NOW + SECOND - 1);
		expect(known.stored().known).not.toBe('');
		evict(NOW + SECOND);
		expect(known.stored().known).toBe('');
	});
});

describe('KnownChanges: when it is looked through all the same', () => {
	it('changes are looked through within the second when they are a hundred too many', () => {
		const known = new KnownChanges();
		const note = (from: number, to: number) => {
			for (let page = from; page < to; page++) known.noteDelivered(created(`${page}`), NOW);
			known.evict({ windowStart: NOW, now: NOW });
			return known.stored().known.length / 22;
		};
		expect(note(0, 1)).toBe(1);
		expect(note(1, 10_100)).toBe(10_100);
		expect(note(10_100, 10_101)).toBe(10_000);
	});

	it('changes are looked through when the clock was set back', () => {
		const known = new KnownChanges();
		known.evict({ windowStart: NOW, now: NOW });
		known.noteDelivered(created('371', NOW - HOUR), NOW);
		known.evict({ windowStart: NOW, now: NOW - HOUR });
		expect(known.stored().known).toBe('');
	});
});

describe('KnownChanges: what goes first above the limit', () => {
	it('a change that may still be looked for stays longer than one that is only kept for late retries', () => {
		const known = new KnownChanges();
		known.noteRecovered(created('looked for', NOW), NOW - SECOND);
		for (let page = 0; page < 10_000; page++) {
			known.noteRecovered(created(`${page}`, NOW - HOUR), NOW + page * SECOND);
		}
		known.evict({ windowStart: NOW, now: NOW });
		expect(known.takeRecovered(created('looked for'))).toBe(true);
		expect(known.takeRecovered(created('0'))).toBe(false);
	});
});

describe('KnownChanges: what has gone although it may be looked for', () => {
	const filled = (count: number) => {
		const known = new KnownChanges();
		// The newest first, as deliveries come that a recovery has overtaken.
		for (let second = count; second > 0; second--) {
			known.noteDelivered(created(`${second}`, NOW + second * SECOND), NOW);
		}
		known.evict({ windowStart: NOW, now: NOW });
		return known;
	};

	it('the oldest changes go first, and until when nothing is known any more is remembered', () => {
		const known = filled(10_002);
		expect(known.take(created('3', NOW + 3 * SECOND), NOW)).toBe('known');
		expect(known.evictedUntil).toBe(NOW + 3 * SECOND);
	});

	it('a process that starts with as many as are kept looks for none that is older', () => {
		// The oldest that is left is of the third second; others of that second may be gone.
		expect(restarted(filled(10_002)).evictedUntil).toBe(NOW + 4 * SECOND);
		expect(restarted(filled(9_999)).evictedUntil).toBe(-Infinity);
	});

	it('nothing was forgotten of a site that takes the place of another one', () => {
		const known = filled(10_002);
		known.clear();
		expect(known.evictedUntil).toBe(-Infinity);
	});

	it('what is kept for late retries only can go, and the recovery looks as far back as before', () => {
		const known = new KnownChanges();
		for (let page = 0; page < 10_010; page++) {
			known.noteRecovered(created(`${page}`, NOW - HOUR), NOW);
		}
		known.evict({ windowStart: NOW, now: NOW });
		expect(known.evictedUntil).toBe(-Infinity);
	});
});

describe('KnownChanges: what is stored', () => {
	it.each([
		['nothing', undefined],
		['a text', 'rows'],
		['another form', { writer: 1, known: ['c'] }],
		['rows that were cut off', { writer: 'x', known: 'cd12345678000000' }],
		['rows of unknown kinds', { writer: 'x', known: `xx${'1'.repeat(20)}` }],
	])('stored changes that hold %s are none', (_case, stored) => {
		const known = new KnownChanges();
		known.merge(readStoredChanges(stored));
		expect(known.stored().known).toBe('');
	});

	it('what is stored follows each change that is noted, used up or dropped', () => {
		const known = new KnownChanges();
		const seen = () => {
			const next = restarted(known);
			return { text: known.stored().known.length / 22, taken: next.takeRecovered(pageless()) };
		};
		known.noteRecovered(created('371'), NOW);
		expect(seen()).toEqual({ text: 1, taken: true });
		known.noteRecovered(created('372', NOW - HOUR), NOW);
		expect(seen()).toEqual({ text: 2, taken: true });
		known.takeRecovered(pageless());
		expect(seen()).toEqual({ text: 2, taken: false });
		known.evict({ windowStart: NOW + SECOND, now: NOW + 25 * HOUR });
		expect(seen()).toEqual({ text: 0, taken: false });
		known.noteRecovered(created('373'), NOW);
		expect(seen()).toEqual({ text: 1, taken: true });
		known.clear();
		expect(seen()).toEqual({ text: 0, taken: false });
	});

	it('what is known here and there is stored once', () => {
		const [one, other] = [new KnownChanges(), new KnownChanges()];
		one.noteDelivered(created(), NOW);
		other.merge(one.stored());
		other.merge(one.stored());
		other.noteDelivered(edited(), NOW);
		one.merge(other.stored());
		expect(one.stored().known).toHaveLength(2 * 22);
	});

	it('what this process has written itself is not read again', () => {
		const known = new KnownChanges('me');
		known.noteDelivered(created(), NOW);
		const stored = known.stored();
		const spy = vi.spyOn(Array, 'from');
		known.merge(stored);
		expect(spy).not.toHaveBeenCalled();
		spy.mockRestore();
	});
});
