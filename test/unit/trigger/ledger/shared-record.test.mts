import { describe, expect, it } from 'vitest';

import {
	type Arrival,
	Ledger,
	MAX_ENTRIES,
} from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import {
	type FoundChange,
	hashKey,
	NO_KEY,
	readRows,
	type StoredLedger,
} from '../../../../nodes/CxoneExpert/trigger/ledger/rows.ts';
import { signedArrival as arrival } from '../../../support/ledger.mts';

const TIME = 1_800_000_000;

function run(ledger: Ledger, given: Arrival): void {
	const claim = ledger.claim(given);
	if (typeof claim === 'string') throw new Error(claim);
	claim.confirm();
	claim.recorded();
}

const edit = (page: string, at = TIME): FoundChange => ({
	kind: 'e',
	page: hashKey(page),
	at,
	name: hashKey(`e:${page}:${at}`),
});
const PAGELESS: FoundChange = { kind: 'e', page: NO_KEY, at: TIME, name: hashKey(`e::${TIME}`) };

function restarted(stored: StoredLedger): Ledger {
	const ledger = new Ledger('the next process');
	ledger.merge(stored);
	return ledger;
}

describe('over a restart', () => {
	it('an event that named no page still stands for the one change that it was used for', () => {
		const ledger = new Ledger('first');
		run(ledger, arrival('a', { changes: [PAGELESS] }));
		expect(ledger.take(edit('first'))).toBe('known');
		expect(ledger.take(edit('second'))).toBe('missing');
		const next = restarted(ledger.stored());
		expect(next.take(edit('first'))).toBe('known');
		expect(next.take(edit('second'))).toBe('missing');
	});

	it('a recovered change drops one event that names no page, not a second one', () => {
		const ledger = new Ledger('first');
		ledger.note(edit('page'), 'recovered', TIME);
		expect(ledger.takeRecovered(PAGELESS)).toBe(true);
		expect(ledger.takeRecovered(PAGELESS)).toBe(false);
		expect(restarted(ledger.stored()).takeRecovered(PAGELESS)).toBe(false);
	});
});

describe('between processes', () => {
	it('records do not grow by being read', () => {
		const [one, other] = [new Ledger('one'), new Ledger('other')];
		for (let n = 0; n < 3; n++) one.note(PAGELESS, 'done', TIME);
		const before = readRows(one.stored().rows).length;
		for (let n = 0; n < 50; n++) {
			other.merge(one.stored());
			one.merge(other.stored());
		}
		expect(readRows(one.stored().rows)).toHaveLength(before);
	});

	it('rows without any name, as somebody may have edited them, do not grow either', () => {
		const [one, other] = [new Ledger('one'), new Ledger('other')];
		const row = `${NO_KEY}${NO_KEY}000000d`;
		one.merge({ ...new Ledger('edited').stored(), rows: row });
		for (let n = 0; n < 50; n++) {
			other.merge(one.stored());
			one.merge(other.stored());
		}
		expect(readRows(one.stored().rows).length).toBeLessThan(2);
	});
});

describe('when many changes are noted', () => {
	it('deliveries are not forgotten for them: one of before is still no replay', () => {
		const ledger = new Ledger('one');
		run(ledger, arrival('a', { time: TIME }));
		for (let n = 0; n < MAX_ENTRIES + 200; n++)
			ledger.note(edit(`page ${n}`, TIME + n), 'recovered', TIME + 1 + n);
		ledger.forget(TIME + 1, 0, 86_400);
		expect(ledger.claim(arrival('a'))).toBe('done');
		expect(typeof ledger.claim(arrival('b', { time: TIME }))).not.toBe('string');
	});
});

it('with open work here, a row that says it has run elsewhere still lets go', () => {
	const [one, other] = [new Ledger('one'), new Ledger('other')];
	const claim = one.claim(arrival('a'));
	if (typeof claim === 'string') throw new Error();
	claim.writing();
	run(other, arrival('a'));
	one.merge(other.stored());
	claim.fail();
	expect(one.claim(arrival('a'))).toBe('done');
	expect(one.isBusy).toBe(false);
});

it('a delivery of two events that name no page stands for two changes', () => {
	const ledger = new Ledger('one');
	run(ledger, arrival('a', { changes: [PAGELESS, { ...PAGELESS }] }));
	expect(ledger.take(edit('first'))).toBe('known');
	expect(ledger.take(edit('second'))).toBe('known');
	expect(ledger.take(edit('third'))).toBe('missing');
});
