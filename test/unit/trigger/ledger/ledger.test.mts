import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Claim } from '../../../../nodes/CxoneExpert/trigger/ledger/claim.ts';
import {
	type Arrival,
	Ledger,
	MAX_ENTRIES,
} from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import {
	type Change,
	type FoundChange,
	hashKey,
	NO_KEY,
	readRows,
} from '../../../../nodes/CxoneExpert/trigger/ledger/rows.ts';
import { signedArrival as arrival } from '../../../support/ledger.mts';

const TIME = 1_800_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;

let ledger: Ledger;
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['performance'] });
	ledger = new Ledger('this process');
});
afterEach(() => void vi.useRealTimers());

function claimed(given: Arrival, at = ledger): Claim {
	const claim = at.claim(given);
	if (typeof claim === 'string') throw new Error(claim);
	return claim;
}

/** n8n saves the execution and the record. */
function run(given: Arrival, at = ledger): void {
	const claim = claimed(given, at);
	claim.writing();
	expect(claim.confirm()).toBe(true);
	claim.recorded();
}

/** What becomes of a copy that comes now. */
function copy(given: Arrival, at = ledger): string {
	const claim = at.claim(given);
	if (typeof claim === 'string') return claim;
	return claim.mayHaveRun ? 'runs, marked' : 'runs';
}

const PAGE = hashKey('page');
const change = (kind: Change['kind'], at = TIME, page = PAGE): FoundChange => ({
	...{ kind, page, at, name: hashKey(`${kind} ${page} ${at}`) },
});

/** Another process that has read what this one stores. */
function otherProcess(writer = 'another process', from = ledger): Ledger {
	const other = new Ledger(writer);
	other.merge(from.stored());
	return other;
}

/*
 * What becomes of copies, over claims, processes and what is evicted, the model of test/fuzz/ledger.mts says. Here is
 * what that leaves out: changes, several processes at work, and how much is stored.
 */

it('an unsigned delivery without a name is known by its id alone', () => {
	const given = { name: NO_KEY, isNamedByEvents: false, isSigned: false };
	run(arrival('a', given));
	expect(copy(arrival('a', given))).toBe('done');
	expect(copy(arrival('a', given), otherProcess())).toBe('done');
	expect(copy(arrival('b', given))).toBe('runs');
});

it('an unsigned delivery is not too old for something that was forgotten, and a signed one is', () => {
	run(arrival('old', { time: TIME - 3 * DAY }));
	ledger.forget(TIME, Infinity, 2.5 * DAY);
	expect(copy(arrival('x', { time: TIME - 3 * DAY }))).toBe('too old');
	expect(copy(arrival('y', { time: TIME - 3 * DAY, isSigned: false }))).toBe('runs');
});

describe('forgetting', () => {
	it('what is older than it has to be kept is forgotten, but for what a recovery may ask for', () => {
		const edit: Change = { kind: 'e', page: hashKey('page'), at: TIME - 2 * DAY };
		run(arrival('old', { time: TIME - 2 * DAY }));
		run(arrival('needed', { time: TIME - 2 * DAY, changes: [edit] }));
		ledger.forget(TIME, edit.at, DAY);
		expect(readRows(ledger.stored().rows).map(({ id }) => id)).toEqual([hashKey('needed')]);
		ledger.forget(TIME + HOUR, edit.at + 1, DAY);
		expect(ledger.stored().rows).toBe('');
		expect(ledger.changesForgottenUpTo).toBe(0);
	});

	it('a change that no recovery can ask for any more is not stored with its delivery', () => {
		run(arrival('a', { changes: [change('e')] }));
		ledger.forget(TIME, TIME + 1, DAY);
		expect(readRows(ledger.stored().rows).map((row) => row.change)).toEqual([undefined]);
		expect(ledger.take(change('e'))).toBe('missing');
		expect(copy(arrival('a'))).toBe('done');
	});

	it('where nothing is forgotten the stored text stays as it is', () => {
		run(arrival('a'));
		ledger.claim(arrival('a', { time: TIME + 1 }));
		const { rows } = ledger.stored();
		ledger.forget(TIME, 0, DAY);
		expect(ledger.stored().rows).toBe(rows);
		expect(readRows(rows)).toHaveLength(2);
	});

	it('the ledger looks for what is old once an hour', () => {
		ledger.forget(TIME, 0, DAY);
		run(arrival('old', { time: TIME - 2 * DAY }));
		ledger.forget(TIME + HOUR - 1, Infinity, DAY);
		expect(readRows(ledger.stored().rows)).toHaveLength(1);
		ledger.forget(TIME + HOUR, Infinity, DAY);
		expect(ledger.stored().rows).toBe('');
	});

	it('no delivery is forgotten for changes that were noted: one of before is still no replay', () => {
		run(arrival('a'));
		for (let n = 0; n < MAX_ENTRIES + 200; n++)
			ledger.note(change('e', TIME + n, hashKey(`${n}`)), 'recovered', TIME + 1 + n);
		ledger.forget(TIME + 1, 0, DAY);
		expect([copy(arrival('a')), copy(arrival('b'))]).toEqual(['done', 'runs']);
	});

	it('what many copies with new times have replaced in the text is dropped', () => {
		run(arrival('a'));
		for (let time = TIME; time < TIME + 300; time++) ledger.claim(arrival('a', { time }));
		expect(readRows(ledger.stored().rows).length).toBeLessThan(110);
		expect(ledger.stored().keptUntil).toBe(TIME + 299 + DAY);
	});
});

describe('several processes', () => {
	it('of what was read before only what was added to it is read', () => {
		const other = otherProcess();
		run(arrival('a'));
		other.merge(ledger.stored());
		const before = ledger.stored().rows;
		run(arrival('b'));
		const { rows, ...rest } = ledger.stored();
		expect(rows.startsWith(before)).toBe(true);
		// Only the new part can be read here: the old one is damaged.
		other.merge({ ...rest, rows });
		expect([copy(arrival('a'), other), copy(arrival('b'), other)]).toEqual(['done', 'done']);
	});

	it('what two processes store one after the other grows by what is new only', () => {
		const other = otherProcess();
		for (let index = 0; index < 300; index++) {
			const [one, two] = index % 2 === 0 ? [ledger, other] : [other, ledger];
			run(arrival(`${index}`), one);
			two.merge(one.stored());
		}
		for (const each of [ledger, other]) expect(readRows(each.stored().rows)).toHaveLength(300);
	});

	it.each([
		['changes of no page', () => ledger.note(change('e', TIME, NO_KEY), 'done', TIME), 1],
		[
			'a row without any name, as somebody may have edited it',
			() => ledger.merge({ ...new Ledger('x').stored(), rows: `${NO_KEY}${NO_KEY}000000d` }),
			0,
		],
	])('records do not grow by being read: %s', (_case, begin, count) => {
		begin();
		const other = otherProcess();
		for (let n = 0; n < 50; n++) {
			other.merge(ledger.stored());
			ledger.merge(other.stored());
		}
		expect(readRows(ledger.stored().rows)).toHaveLength(count);
	});
});

describe('changes', () => {
	it.each(['c', 'e', 'd'] as const)(
		'a delivered change (%s) is pending until it is done, and missing after a failure',
		(kind) => {
			const given = arrival('a', { changes: [change(kind)] });
			const claim = claimed(given);
			expect(ledger.take(change(kind))).toBe('pending');
			claim.fail();
			expect(ledger.take(change(kind))).toBe('missing');
			run(given);
			expect(ledger.take(change(kind))).toBe('known');
			expect(otherProcess().take(change(kind))).toBe('known');
			expect(ledger.take(change(kind, TIME, hashKey('other')))).toBe('missing');
		},
	);

	it('a delivered edit is told by page and time, to within two seconds', () => {
		run(arrival('a', { changes: [change('e')] }));
		const known = [-3, -2, 2, 3].map((later) => ledger.take(change('e', TIME + later)));
		expect(known).toEqual(['missing', 'known', 'known', 'missing']);
	});

	it('recovered edits are told by their revision as well', () => {
		ledger.note(change('e'), 'recovered', TIME);
		expect(ledger.take(change('e'))).toBe('known');
		const next = { ...change('e', TIME + 1), name: hashKey('the next revision') };
		expect(ledger.take(next)).toBe('missing');
		expect(ledger.takeRecovered(change('e', TIME + 1))).toBe(true);
	});

	it('a page can be deleted again a minute later', () => {
		run(arrival('a', { changes: [change('d')] }));
		expect(ledger.take(change('d', TIME + 60))).toBe('known');
		expect(ledger.take(change('d', TIME + 61))).toBe('missing');
	});

	it('a page counts as created when its draft was begun, and a number that comes again is another page', () => {
		ledger.note(change('c', TIME - DAY), 'recovered', TIME);
		expect(ledger.takeRecovered(change('c', TIME))).toBe(true);
		expect(ledger.takeRecovered(change('c', TIME + HOUR + 1))).toBe(false);
		expect(ledger.take(change('c', TIME + 20 * HOUR))).toBe('missing');
	});

	it('a delivery of what was recovered, or is being, is dropped', () => {
		const recovery = ledger.recover(change('e'), 1000);
		expect(ledger.takeRecovered(change('e'))).toBe(true);
		expect(ledger.takeRecovered(change('e', TIME, hashKey('other')))).toBe(false);
		expect(ledger.take(change('e'))).toBe('pending');
		ledger.endRecovery(recovery);
		expect(ledger.takeRecovered(change('e'))).toBe(false);
		ledger.note(change('e'), 'recovered', TIME);
		expect(ledger.takeRecovered(change('e'))).toBe(true);
		expect(otherProcess().takeRecovered(change('e'))).toBe(true);
	});

	it('nobody waits for a recovery longer than it may take', () => {
		ledger.recover(change('e'), 1000);
		vi.advanceTimersByTime(1000);
		expect(ledger.take(change('e'))).toBe('missing');
	});

	it('a recovery that has ended is no reason to drop a delivery, nor to recover once more', () => {
		ledger.note(change('e'), 'settled', TIME);
		expect(ledger.takeRecovered(change('e'))).toBe(false);
		expect(ledger.take(change('e'))).toBe('known');
		ledger.note(change('e'), 'recovered', TIME);
		expect(ledger.takeRecovered(change('e'))).toBe(false);
	});

	it('what was delivered is not dropped when it is delivered again', () => {
		ledger.note(change('e'), 'done', TIME);
		expect(ledger.takeRecovered(change('e'))).toBe(false);
	});

	it('an event that names no page stands for one change near it', () => {
		run(arrival('a', { changes: [change('e', TIME, NO_KEY)] }));
		expect(ledger.take(change('e', TIME + 3))).toBe('missing');
		expect(ledger.take(change('e', TIME + 2))).toBe('known');
		expect(ledger.take(change('e', TIME + 2))).toBe('known');
		expect(ledger.take(change('e', TIME, hashKey('other')))).toBe('missing');
		expect(otherProcess().take(change('e', TIME + 2))).toBe('known');
	});

	it('two events that name no page stand for two changes', () => {
		const pageless = change('e', TIME, NO_KEY);
		run(arrival('a', { changes: [pageless, { ...pageless }] }));
		const took = ['one', 'two', 'three'].map((page) =>
			ledger.take(change('e', TIME, hashKey(page))),
		);
		expect(took).toEqual(['known', 'known', 'missing']);
	});

	it('an event that names no page keeps a recovery waiting while it is worked on', () => {
		const claim = claimed(arrival('a', { changes: [change('e', TIME, NO_KEY)] }));
		expect(ledger.take(change('e'))).toBe('pending');
		claim.fail();
		expect(ledger.take(change('e'))).toBe('missing');
	});

	it('an event that names no page uses up one recovered change', () => {
		ledger.note(change('e'), 'recovered', TIME);
		expect(ledger.takeRecovered(change('e', TIME + 1, NO_KEY))).toBe(true);
		expect(ledger.takeRecovered(change('e', TIME + 1, NO_KEY))).toBe(false);
		expect(otherProcess().takeRecovered(change('e', TIME, NO_KEY))).toBe(false);
		const recovery = ledger.recover(change('d'), 1000);
		expect(ledger.takeRecovered(change('d', TIME, NO_KEY))).toBe(true);
		expect(ledger.takeRecovered(change('d', TIME, NO_KEY))).toBe(false);
		expect(recovery.isUsedUp).toBe(true);
		ledger.note(change('d'), 'recovered', TIME);
		expect(ledger.takeRecovered(change('d', TIME, NO_KEY))).toBe(false);
	});

	it('a change near another one of its page is seen', () => {
		run(arrival('a', { changes: [change('c')] }));
		expect(ledger.hasNear(change('c', TIME + 2))).toBe(true);
		expect(ledger.hasNear(change('c', TIME + 3))).toBe(false);
		expect(ledger.hasNear(change('e'))).toBe(false);
	});
});
