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

/** A signed delivery whose event has no id: each signed message has a name of its own. */
const unnamed = (id: string, message: string, changed: Partial<Arrival> = {}) =>
	arrival(id, { name: hashKey(message), isNamedByEvents: false, ...changed });

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

describe('a delivery and its copies', () => {
	it('a copy is known by its id, and by the name of its event', () => {
		run(arrival('a'));
		expect(copy(arrival('a'))).toBe('done');
		expect(copy(arrival('other', { name: arrival('a').name }))).toBe('done');
		expect(copy(arrival('a', { name: hashKey('other') }))).toBe('done');
		expect(copy(arrival('b'))).toBe('runs');
	});

	it('an event that came under the id of another one is not taken for that when it comes itself', () => {
		run(arrival('a'));
		const recorded = { name: hashKey('recorded') };
		expect(copy(arrival('a', recorded))).toBe('done');
		expect(copy(arrival('b', recorded))).toBe('runs');
	});

	it('under an id that has not run, another event is another delivery', () => {
		claimed(arrival('a')).fail();
		run(arrival('a', { name: hashKey('recorded') }));
		expect(copy(arrival('a'))).toBe('runs');
	});

	it('of events without an id, each message that came under one delivery id is known', () => {
		claimed(unnamed('a', 'first')).fail();
		run(unnamed('a', 'second'));
		expect(copy(unnamed('fresh', 'first'))).toBe('done');
		expect(copy(unnamed('fresh', 'second'), otherProcess())).toBe('done');
		expect(copy(unnamed('fresh', 'first'), otherProcess())).toBe('done');
		expect(copy(unnamed('fresh', 'third'))).toBe('runs');
	});

	it('an unsigned delivery without a name is known by its id alone', () => {
		const given = { name: NO_KEY, isNamedByEvents: false, isSigned: false };
		run(arrival('a', given));
		expect(copy(arrival('a', given))).toBe('done');
		expect(copy(arrival('a', given), otherProcess())).toBe('done');
		expect(copy(arrival('b', given))).toBe('runs');
	});

	it('a copy waits while the first one is worked on, and hears of its end', async () => {
		const claim = claimed(arrival('a'));
		const settled = vi.fn();
		void ledger.whenSettled(arrival('a')).then(settled);
		expect(copy(arrival('a'))).toBe('in progress');
		claim.writing();
		claim.confirm();
		await Promise.resolve();
		expect(copy(arrival('a'))).toBe('in progress');
		expect(settled).not.toHaveBeenCalled();
		claim.recorded();
		await ledger.whenSettled(arrival('a'));
		expect(settled).toHaveBeenCalledOnce();
		expect(copy(arrival('a'))).toBe('done');
		await ledger.whenSettled(arrival('never came'));
	});
});

describe('a claim', () => {
	it('what n8n has not begun to write is released: the next copy runs', () => {
		expect(claimed(arrival('a')).fail()).toBe(false);
		expect(copy(arrival('a'))).toBe('runs');
	});

	it('what n8n has begun to write may have run: the next copy runs and is marked', () => {
		const claim = claimed(arrival('a'));
		claim.writing();
		expect(claim.fail()).toBe(true);
		expect(claimed(arrival('a')).fail()).toBe(false);
		expect(copy(arrival('a'))).toBe('runs, marked');
	});

	it('200 is presumed once n8n has begun to write, unless the sender was told to retry', () => {
		const claim = claimed(arrival('a'));
		expect(claim.presumePersisted()).toBe(false);
		claim.writing();
		expect(claim.presumePersisted()).toBe(true);
		expect(claim.presumePersisted()).toBe(false);
		expect(copy(arrival('a'))).toBe('done');
		const told = claimed(arrival('b'));
		told.writing();
		ledger.noteRetry(arrival('b'));
		expect(told.presumePersisted()).toBe(false);
	});

	it('what was presumed and fails after all runs again, marked', () => {
		const claim = claimed(arrival('a'));
		claim.writing();
		claim.presumePersisted();
		expect(claim.fail()).toBe(true);
		expect(copy(arrival('a'))).toBe('runs, marked');
	});

	it('a delivery that is accepted before n8n has it is done for its copies', () => {
		const claim = claimed(arrival('a'));
		claim.accept();
		expect(copy(arrival('a'))).toBe('done');
		expect(claim.fail()).toBe(true);
		expect(copy(arrival('a'))).toBe('runs, marked');
	});

	it('a failure after the confirmation changes nothing', () => {
		const claim = claimed(arrival('a'));
		claim.confirm();
		expect(claim.fail()).toBe(false);
		expect(copy(arrival('a'))).toBe('done');
	});

	it('calls on a claim that is over do nothing to the claim of the next copy', () => {
		const over = claimed(arrival('a'));
		over.fail();
		const next = claimed(arrival('a'));
		over.writing();
		over.accept();
		over.recorded();
		expect([over.isOpen, over.presumePersisted(), over.confirm(), over.fail()]).toEqual([
			...[false, false, false, false],
		]);
		next.writing();
		expect(next.presumePersisted()).toBe(true);
	});

	it('n8n that begins to write too late takes nothing back', () => {
		const over = claimed(arrival('over'));
		over.fail();
		const next = claimed(arrival('over'));
		over.writing();
		next.fail();
		expect(copy(arrival('over'))).toBe('runs');
		const confirmed = claimed(arrival('confirmed'));
		confirmed.confirm();
		confirmed.writing();
		confirmed.recorded();
		expect(copy(arrival('confirmed'))).toBe('done');
	});
});

describe('what is too old', () => {
	it('outside of the window passes only what is known, and it starts nothing', () => {
		const old = { isOutsideWindow: true };
		expect(ledger.isTooOld(arrival('a', old))).toBe(true);
		expect(copy(arrival('a', old))).toBe('too old');
		const claim = claimed(arrival('a'));
		expect(copy(arrival('a', old))).toBe('in progress');
		claim.confirm();
		claim.recorded();
		expect(copy(arrival('a', old))).toBe('done');
		claimed(arrival('b')).fail();
		expect(copy(arrival('b', old))).toBe('too old');
	});

	it('what was signed before something that was forgotten is refused, unless it is known', () => {
		run(arrival('old', { time: TIME - 2 * DAY }));
		run(arrival('new'));
		claimed(arrival('failed', { time: TIME - 3 * DAY + 1 })).fail();
		ledger.forget(TIME, Infinity, 2.5 * DAY);
		expect(copy(arrival('failed', { time: TIME - 3 * DAY + 1 }))).toBe('too old');
		expect(copy(arrival('x', { time: TIME - 2 * DAY }))).toBe('runs');
		const unsigned = { time: TIME - 3 * DAY, isSigned: false };
		expect(copy(arrival('y', unsigned))).toBe('runs');
	});
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

	it('the oldest stay until a hundred more are too many, or an hour has passed', () => {
		for (let n = 1; n <= MAX_ENTRIES; n++) run(arrival(`${n}`, { time: TIME + n }));
		for (let n = 0; n < 200; n++)
			ledger.note(change('e', TIME + n, hashKey(`${n}`)), 'recovered', TIME);
		ledger.forget(TIME, 0, DAY);
		run(arrival('one more', { time: TIME + MAX_ENTRIES + 1 }));
		const asOldAsTheOldest = arrival('another', { time: TIME + 1 });
		ledger.forget(TIME + HOUR - 1, 0, DAY);
		expect(ledger.isTooOld(asOldAsTheOldest)).toBe(false);
		ledger.forget(TIME + HOUR, 0, DAY);
		expect(ledger.isTooOld(asOldAsTheOldest)).toBe(true);
	});

	it('above the limit the oldest are forgotten, though not what is being worked on', () => {
		const at = (index: number) => TIME + index;
		const working = claimed(arrival('working', { time: at(0) }));
		for (let index = 1; index <= MAX_ENTRIES + 100; index++) {
			run(arrival(`${index}`, { time: at(index) }));
			ledger.forget(at(index), Infinity, DAY);
		}
		expect(readRows(ledger.stored().rows).length).toBeLessThanOrEqual(MAX_ENTRIES + 100);
		expect(copy(arrival('1', { time: at(1) }))).toBe('too old');
		expect(copy(arrival(`${MAX_ENTRIES + 100}`))).toBe('done');
		expect(working.confirm()).toBe(true);
	});

	it('a change that a recovery could ask for, and that had to be forgotten, is said', () => {
		for (let index = 0; index <= MAX_ENTRIES + 100; index++) {
			const change: Change = { kind: 'c', page: hashKey(`${index}`), at: TIME + index };
			run(arrival(`${index}`, { time: TIME + index, changes: [change] }));
		}
		ledger.forget(TIME, TIME, DAY);
		expect(ledger.changesForgottenUpTo).toBe(TIME + 101);
		expect(otherProcess().changesForgottenUpTo).toBe(TIME + 101);
	});

	it('no delivery is forgotten for changes that were noted: one of before is still no replay', () => {
		run(arrival('a'));
		for (let n = 0; n < MAX_ENTRIES + 200; n++) {
			ledger.note(change('e', TIME + n, hashKey(`${n}`)), 'recovered', TIME + 1 + n);
		}
		ledger.forget(TIME + 1, 0, DAY);
		expect([copy(arrival('a')), copy(arrival('b'))]).toEqual(['done', 'runs']);
	});

	it('what many copies with new times have replaced in the text is dropped', () => {
		for (let time = TIME; time < TIME + 300; time++) copyOf(time);
		expect(readRows(ledger.stored().rows).length).toBeLessThan(110);
		expect(ledger.stored().keptUntil).toBe(TIME + 299 + DAY);
	});

	function copyOf(time: number): void {
		const claim = ledger.claim(arrival('a', { time }));
		if (typeof claim === 'string') return;
		claim.confirm();
		claim.recorded();
	}
});

describe('several processes', () => {
	it('another process knows what is done, and runs what may have run, marked', () => {
		run(arrival('done'));
		claimed(arrival('working'));
		const failed = claimed(arrival('interrupted'));
		failed.writing();
		failed.fail();
		claimed(arrival('released')).fail();
		const other = otherProcess();
		const became = ['done', 'working', 'interrupted', 'released'].map((id) =>
			copy(arrival(id), other),
		);
		expect(became).toEqual(['done', 'runs, marked', 'runs, marked', 'runs']);
	});

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

	it('what another process has done while this one works on it is done, whatever becomes of it here', () => {
		const other = otherProcess();
		const claim = claimed(arrival('a'));
		run(arrival('a'), other);
		ledger.merge(other.stored());
		expect(copy(arrival('a'))).toBe('in progress');
		claim.fail();
		expect(copy(arrival('a'))).toBe('done');
	});

	it('its own record is not read, and a record that changes later says that there is another writer', () => {
		run(arrival('a'));
		ledger.merge(ledger.stored());
		expect(ledger.isShared).toBe(false);
		const other = otherProcess();
		expect(other.isShared).toBe(false);
		other.merge(ledger.stored());
		expect(other.isShared).toBe(false);
		run(arrival('b'));
		other.merge(ledger.stored());
		expect(other.isShared).toBe(true);
	});

	it('a ledger is busy while somebody works, and empty until something is known', () => {
		expect([ledger.isEmpty, ledger.isBusy]).toEqual([true, false]);
		const claim = claimed(arrival('a'));
		expect([ledger.isEmpty, ledger.isBusy]).toEqual([false, true]);
		claim.fail();
		expect(ledger.isBusy).toBe(false);
		expect(otherProcess().isEmpty).toBe(true);
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

	it('a delivery of several changes is known by each of them', () => {
		run(arrival('a', { changes: [change('c'), change('e')] }));
		const other = otherProcess();
		expect([other.take(change('c')), other.take(change('e'))]).toEqual(['known', 'known']);
		expect(copy(arrival('a'), other)).toBe('done');
	});
});
