import { expect, it } from 'vitest';

import type { Claim } from '../../../../nodes/CxoneExpert/trigger/ledger/claim.ts';
import { Ledger } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { signedArrival as arrival } from '../../../support/ledger.mts';

type Verb = 'written' | 'toldToRetry' | 'presume' | 'confirmed' | 'recorded' | 'failed';
const VERBS: Verb[] = ['written', 'toldToRetry', 'presume', 'confirmed', 'recorded', 'failed'];

function claimed(ledger: Ledger): Claim {
	const claim = ledger.claim(arrival('a'));
	if (typeof claim === 'string') throw new Error(claim);
	return claim;
}

/** What becomes of a copy after these, and what is stored. */
function after(...verbs: Verb[]) {
	const ledger = new Ledger('this process');
	const claim = claimed(ledger);
	for (const verb of verbs) claim[verb]();
	const { rows, open } = ledger.stored();
	const copy = ledger.claim(arrival('a'));
	const runs = typeof copy === 'string' ? copy : copy.redelivered ? 'runs, marked' : 'runs';
	return [runs, rows === '' ? (open === '' ? '' : 'open') : 'done'].join(': ');
}

it.each<[verbs: Verb[], outcome: string]>([
	[[], 'waits: open'],
	[['recorded'], 'waits: open'],
	[['presume'], 'waits: open'],
	[['failed'], 'runs: '],
	[['toldToRetry', 'failed'], 'runs: '],
	[['confirmed'], 'waits: done'],
	[['confirmed', 'failed'], 'done: done'],
	[['confirmed', 'recorded'], 'done: done'],
	[['written'], 'waits: open'],
	[['written', 'failed'], 'runs, marked: open'],
	[['written', 'presume'], 'done: open'],
	[['written', 'presume', 'failed'], 'runs, marked: open'],
	[['written', 'presume', 'confirmed'], 'done: done'],
	[['written', 'confirmed', 'presume'], 'waits: done'],
	[['toldToRetry', 'written', 'presume'], 'waits: open'],
	[['toldToRetry', 'written', 'failed'], 'runs, marked: open'],
	[['written', 'toldToRetry', 'presume'], 'waits: open'],
])('after %j a copy and the record are %s', (verbs, outcome) => {
	expect(after(...verbs)).toBe(outcome);
});

it.each<Verb[]>([['confirmed', 'recorded'], ['failed']])(
	'a claim that has ended with %s %s changes nothing',
	(...verbs) => {
		const ledger = new Ledger('this process');
		const claim = claimed(ledger);
		for (const verb of verbs) claim[verb]();
		const stored = ledger.stored();
		for (const verb of VERBS) expect(claim[verb]() ?? false).toBe(false);
		expect(ledger.stored()).toEqual(stored);
	},
);

it('a later claim is unknown to an earlier one that has failed', () => {
	const ledger = new Ledger('this process');
	const first = claimed(ledger);
	first.failed();
	const second = claimed(ledger);
	for (const verb of VERBS) first[verb]();
	expect(ledger.claim(arrival('a'))).toBe('waits');
	expect(second.confirmed()).toBe(true);
});

it('a claim after one that has failed is never presumed saved: its sender was told to retry', () => {
	const ledger = new Ledger('this process');
	claimed(ledger).failed();
	const second = claimed(ledger);
	second.written();
	expect(second.presume()).toBe(false);
});

it.each<Verb[][]>([[['confirmed', 'recorded']], [['failed']], [['written', 'presume']]])(
	'copies wait until %j',
	async (verbs) => {
		const claim = claimed(new Ledger('this process'));
		let isSettled = false;
		void claim.settled.then(() => (isSettled = true));
		for (const verb of verbs) {
			await Promise.resolve();
			expect(isSettled).toBe(false);
			claim[verb]();
		}
		await Promise.resolve();
		expect(isSettled).toBe(true);
	},
);
