import { expect, it } from 'vitest';

import type { Claim } from '../../../../nodes/CxoneExpert/trigger/ledger/claim.ts';
import { Ledger } from '../../../../nodes/CxoneExpert/trigger/ledger/ledger.ts';
import { signedArrival as arrival } from '../../../support/ledger.mts';

/** All that can be said of a claim, and what it answers. */
function sayAll(claim: Claim): unknown[] {
	claim.accept();
	claim.writing();
	claim.recorded();
	return [claim.presumePersisted(), claim.confirm(), claim.fail(), claim.isOpen];
}

it.each<[string, (claim: Claim) => void, string]>([
	[
		'was recorded',
		(claim) => {
			claim.confirm();
			claim.recorded();
		},
		'done',
	],
	['has failed', (claim) => void claim.fail(), 'released'],
])('a claim that %s changes nothing any more', (_how, end, state) => {
	const ledger = new Ledger('this process');
	const claim = ledger.claim(arrival('a')) as Claim;
	end(claim);
	expect(sayAll(claim)).toEqual([false, false, false, false]);
	const copy = ledger.claim(arrival('a'));
	expect(copy === 'done' ? 'done' : 'released').toBe(state);
});

it('a retry of what the ledger does not know leaves no trace', () => {
	const ledger = new Ledger('this process');
	ledger.noteRetry(arrival('a'));
	expect(ledger.isEmpty).toBe(true);
});

it('a claim whose sender was told to retry presumes nothing, and one that was accepted only once', () => {
	const ledger = new Ledger('this process');
	const told = ledger.claim(arrival('a')) as Claim;
	told.writing();
	ledger.noteRetry(arrival('a'));
	expect(told.presumePersisted()).toBe(false);
	const other = ledger.claim(arrival('b')) as Claim;
	expect(other.presumePersisted()).toBe(false);
	other.writing();
	expect([other.presumePersisted(), other.presumePersisted()]).toEqual([true, false]);
	expect(other.fail()).toBe(true);
});
