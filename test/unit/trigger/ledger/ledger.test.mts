import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Claim } from '../../../../nodes/CxoneExpert/trigger/ledger/claim.ts';
import { type Arrival, Ledger } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { hashKey, NO_KEY, readRows } from '../../../../nodes/CxoneExpert/trigger/ledger/rows.ts';
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
	claim.written();
	expect(claim.confirmed()).toBe(true);
	claim.recorded();
}

/** What becomes of a copy that comes now. */
function copy(given: Arrival, at = ledger): string {
	const claim = at.claim(given);
	if (typeof claim === 'string') return claim;
	return claim.redelivered ? 'runs, marked' : 'runs';
}

/** The record of a process. */
const stored = (from = ledger) => ({ ...from.stored(), changes: '' });

/** Another process that has read what this one stores. */
function otherProcess(writer = 'another process', from = ledger): Ledger {
	const other = new Ledger(writer);
	other.merge(stored(from));
	return other;
}

it('an unsigned delivery without a name is known by its id alone', () => {
	const given = { name: NO_KEY, isNamedByEvents: false, isSigned: false };
	run(arrival('a', given));
	expect(copy(arrival('a', given))).toBe('done');
	expect(copy(arrival('a', given), otherProcess())).toBe('done');
	expect(copy(arrival('b', given))).toBe('runs');
});

it('what was told to retry runs, marked, when it has been forgotten meanwhile', () => {
	ledger = new Ledger('this process', 1);
	const retried = arrival('retried');
	claimed(retried).failed();
	for (let index = 0; index < 102; index++) run(arrival(`newer ${index}`, { time: TIME + 1 }));
	ledger.forget(TIME + 60, HOUR);
	expect(copy({ ...retried, time: TIME + 1 })).toBe('runs, marked');
	expect(copy(arrival('newest', { time: TIME + 60 }))).toBe('runs');
});

it('outside the window only a copy of what is done or in progress is known', () => {
	const late = { ...arrival('a'), isOutsideWindow: true };
	expect(copy(late)).toBe('too old');
	const claim = claimed(arrival('a'));
	expect(copy(late)).toBe('waits');
	claim.failed();
	expect(copy(late)).toBe('too old');
	run(arrival('a'));
	expect(copy(late)).toBe('done');
});

it('an ID belongs to what came under it first', () => {
	const retried = (name: string) => arrival('a', { name: hashKey(name), isNamedByEvents: false });
	claimed(retried('message 1'));
	run(arrival('b', { id: hashKey('a') }));
	expect(copy(retried('message 2'))).toBe('waits');
});

it('an event under the ID of another one runs, and comes itself where that one has run', () => {
	const claim = claimed(arrival('a'));
	run(arrival('b', { id: hashKey('a') }));
	claim.confirmed();
	claim.recorded();
	const recording = arrival('c', { id: hashKey('a') });
	expect(copy(recording)).toBe('done');
	expect(copy(arrival('c'))).toBe('runs');
});

it('what was presumed saved and has failed runs again, marked, whatever its claim says later', () => {
	const first = claimed(arrival('a'));
	// The record was saved for another delivery.
	first.recorded();
	expect(copy(arrival('a'))).toBe('waits');
	first.written();
	expect(first.presume()).toBe(true);
	expect(first.failed()).toBe(true);
	expect(claimed(arrival('a')).redelivered).toBe(true);
	first.failed();
	expect(copy(arrival('a'))).toBe('waits');
});

describe('forgetting', () => {
	it('where nothing is forgotten the stored text stays as it is', () => {
		run(arrival('a'));
		ledger.claim(arrival('a', { time: TIME + 1 }));
		const { rows } = ledger.stored();
		ledger.forget(TIME, DAY);
		expect(ledger.stored().rows).toBe(rows);
		expect(readRows(rows)).toHaveLength(2);
	});

	it('once something is forgotten, only what is in progress is stored, as open', () => {
		const claim = claimed(arrival('old'));
		claim.written();
		claim.failed();
		claimed(arrival('new', { time: TIME + 2 * DAY }));
		expect(readRows(stored().open)).toHaveLength(2);
		ledger.forget(TIME + 2 * DAY, HOUR);
		expect(readRows(stored().open)).toHaveLength(1);
		expect(stored().rows).toBe('');
	});

	it('the ledger looks for what is old once an hour', () => {
		ledger.forget(TIME, DAY);
		run(arrival('old', { time: TIME - 2 * DAY }));
		ledger.forget(TIME + HOUR - 1, DAY);
		expect(readRows(ledger.stored().rows)).toHaveLength(1);
		ledger.forget(TIME + HOUR, DAY);
		expect(ledger.stored().rows).toBe('');
	});

	it('what is younger than the allowed age is not forgotten', () => {
		const old = arrival('old', { time: TIME - 2 * DAY });
		run(old);
		ledger.forget(TIME, 3 * DAY);
		expect(copy(old)).toBe('done');
	});

	it('what many copies with new times have replaced in the text is dropped', () => {
		run(arrival('a'));
		for (let time = TIME; time < TIME + 300; time++) ledger.claim(arrival('a', { time }));
		expect(readRows(ledger.stored().rows).length).toBeLessThan(110);
		expect(ledger.stored().keptUntil).toBe(TIME + 299 + DAY);
	});
});

describe('several processes', () => {
	it('what may have run is marked in another process, once its work is over, too', () => {
		const claim = claimed(arrival('a'));
		expect(copy(arrival('a'), otherProcess())).toBe('runs, marked');
		claim.written();
		claim.failed();
		expect(copy(arrival('a'), otherProcess())).toBe('runs, marked');
	});

	it('what is done stays so where another process has stored that it may have run', () => {
		const other = new Ledger('another process');
		claimed(arrival('a'), other).written();
		run(arrival('a'));
		ledger.merge(stored(other));
		expect(copy(arrival('a'))).toBe('done');
	});

	it('what is as old as something that another process has forgotten is marked', () => {
		ledger.merge({ ...stored(new Ledger('another process')), forgottenUpTo: TIME });
		expect(copy(arrival('a'))).toBe('runs, marked');
		expect(copy(arrival('b', { time: TIME + 1 }))).toBe('runs');
	});

	it('another process adds names and newer times to what is known', () => {
		const retried = (name: string, time: number, id = 'a') =>
			arrival(id, { name: hashKey(name), isNamedByEvents: false, time });
		run(retried('message 1', TIME));
		const other = otherProcess();
		expect(copy(retried('message 2', TIME + HOUR), other)).toBe('done');
		ledger.merge(stored(other));
		ledger.forget(TIME + DAY + 60, HOUR);
		expect(copy(retried('message 2', TIME + HOUR, 'fresh'))).toBe('done');
	});

	it('of what was read before only what was added to it is read', () => {
		const other = otherProcess();
		run(arrival('a'));
		other.merge(stored());
		const before = ledger.stored().rows;
		run(arrival('b'));
		const { rows, ...rest } = stored();
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
			two.merge(stored(one));
		}
		for (const each of [ledger, other]) expect(readRows(each.stored().rows)).toHaveLength(300);
	});

	it('a record does not grow by being read, whatever somebody has written into it', () => {
		const rows = `${NO_KEY}${NO_KEY}000000d`;
		ledger.merge({ ...stored(new Ledger('x')), rows });
		const other = otherProcess();
		for (let n = 0; n < 50; n++) {
			other.merge(stored());
			ledger.merge(stored(other));
		}
		expect(ledger.stored().rows).toBe('');
	});
});

it('a claim brings the changes of its delivery at once, a copy brings none, and they end as it does', () => {
	const calls: string[] = [];
	const bring = () => {
		calls.push('brought');
		return [{ hasCome: () => calls.push('come'), hasFailed: () => calls.push('failed') }];
	};
	const claim = ledger.claim(arrival('a'), bring) as Claim;
	expect(ledger.claim(arrival('a'), bring)).toBe('waits');
	expect(calls).toEqual(['brought']);
	claim.failed();
	(ledger.claim(arrival('a'), bring) as Claim).confirmed();
	expect(calls).toEqual(['brought', 'failed', 'brought', 'come']);
});

it('a backlog in progress has nothing evicted that has just ended', () => {
	const claims = Array.from({ length: 10_150 }, (_, n) => claimed(arrival(`${n}`)));
	for (const claim of claims.slice(0, 60)) {
		claim.confirmed();
		claim.recorded();
	}
	ledger.forget(TIME, HOUR);
	expect(copy(arrival('0'))).toBe('done');
	expect(copy(arrival('new'))).toBe('runs');
});
