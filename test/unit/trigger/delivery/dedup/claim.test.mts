import { describe, expect, it } from 'vitest';

import {
	Claim,
	type Claimable,
	isAccepted,
	isConfirmed,
	isInProgress,
	type State,
} from '../../../../../nodes/CxoneExpert/trigger/delivery/dedup/claim.ts';

function delivery(state: State = 'released'): Claimable {
	return { state, wasToldToRetry: false, waiting: [] };
}

type Step = 'accept' | 'writing' | 'presumePersisted' | 'confirm' | 'recorded' | 'fail';

/** The states that a fresh claim goes through when these things happen. */
function walk(steps: Step[], from: State = 'released'): State[] {
	const claimable = delivery(from);
	const claim = new Claim(claimable);
	return steps.map((step) => {
		claim[step]();
		return claimable.state;
	});
}

describe('Claim', () => {
	it.each([
		['n8n saves execution and record', ['writing', 'confirm', 'recorded'], 'done'],
		['n8n does not tell that it writes', ['confirm', 'recorded'], 'done'],
		['n8n fails before it has written anything', ['fail'], 'released'],
		['n8n fails after it has begun to write', ['writing', 'fail'], 'interrupted'],
		['n8n fails after we have said 200', ['writing', 'presumePersisted', 'fail'], 'interrupted'],
		[
			'n8n confirms after we have said 200',
			['writing', 'presumePersisted', 'confirm', 'recorded'],
			'done',
		],
		['n8n fails after it has confirmed', ['writing', 'confirm', 'fail'], 'done'],
		[
			'n8n says that it failed, then that it did not',
			['writing', 'fail', 'confirm'],
			'interrupted',
		],
		['n8n confirms what was accepted before', ['accept', 'writing', 'confirm', 'recorded'], 'done'],
		['n8n fails to save what was accepted before', ['accept', 'fail'], 'interrupted'],
		['nothing is written and 200 is to be presumed', ['presumePersisted'], 'claimed'],
	] as Array<[string, Step[], State]>)(
		'final state of a claim when %s',
		(_case, steps, expected) => {
			expect(walk(steps).at(-1)).toBe(expected);
		},
	);

	it('a claim is never done without a confirmation by n8n', () => {
		const steps: Step[] = ['accept', 'writing', 'presumePersisted', 'recorded', 'fail'];
		for (const one of steps) {
			for (const two of steps) {
				for (const three of steps) {
					for (const from of ['released', 'interrupted'] as const) {
						expect(walk([one, two, three], from)).not.toContain('done');
					}
				}
			}
		}
	});

	it('a delivery that may have run stays interrupted when nothing was written', () => {
		const claimable = delivery('interrupted');
		const claim = new Claim(claimable);
		expect(claim.mayHaveRun).toBe(true);
		claim.fail();
		expect(claimable.state).toBe('interrupted');
	});

	it('a failed claim may be saved only when n8n had begun to write it', () => {
		const failed = (...steps: Step[]) => {
			const claim = new Claim(delivery());
			for (const step of steps) claim[step]();
			return claim.fail();
		};
		expect(failed()).toBe(false);
		expect(failed('writing')).toBe(true);
		expect(failed('writing', 'presumePersisted')).toBe(true);
		expect(failed('accept')).toBe(true);
		expect(failed('writing', 'confirm')).toBe(false);
		expect(failed('writing', 'fail')).toBe(false);
		expect(new Claim(delivery('interrupted')).fail()).toBe(false);
	});

	it('a claim can be presumed saved while n8n writes, not once Expert was told to retry', () => {
		const claim = new Claim(delivery());
		expect(claim.presumePersisted()).toBe(false);
		claim.writing();
		claim.toldToRetry();
		expect(claim.presumePersisted()).toBe(false);
	});

	it('the next claim still knows that Expert was told to retry', () => {
		const claimable = delivery();
		const first = new Claim(claimable);
		first.toldToRetry();
		first.fail();
		first.toldToRetry();
		const second = new Claim(claimable);
		second.writing();
		expect(second.presumePersisted()).toBe(false);
	});

	it('a claim is confirmed once', () => {
		const claim = new Claim(delivery());
		expect([claim.confirm(), claim.confirm()]).toEqual([true, false]);
	});

	it('a finished claim does not touch the claim of the next copy', () => {
		const claimable = delivery();
		const first = new Claim(claimable);
		first.writing();
		first.fail();
		new Claim(claimable).writing();
		first.confirm();
		first.recorded();
		first.fail();
		first.toldToRetry();
		expect(claimable).toMatchObject({ state: 'persisting', wasToldToRetry: false });
	});

	it.each([
		['done', ['confirm', 'recorded']],
		['released', ['fail']],
		['interrupted', ['writing', 'fail']],
		['presumed saved', ['writing', 'presumePersisted']],
	] as Array<[string, Step[]]>)(
		'waiting copies are told when the claim is %s, not earlier',
		(_end, steps) => {
			const claimable = delivery();
			const claim = new Claim(claimable);
			let told = 0;
			claimable.waiting.push(() => told++);
			for (const step of steps.slice(0, -1)) claim[step]();
			expect(told).toBe(0);
			claim[steps.at(-1)!]();
			expect(told).toBe(1);
			expect(claimable.waiting).toEqual([]);
		},
	);
});

describe('isInProgress, isAccepted and isConfirmed', () => {
	it.each([
		['claimed', true, false, false],
		['reclaimed', true, false, false],
		['persisting', true, false, false],
		['presumedPersisted', false, true, false],
		['persisted', true, false, true],
		['done', false, true, true],
		['interrupted', false, false, false],
		['released', false, false, false],
	] as Array<[State, boolean, boolean, boolean]>)(
		'the state %s says whether a copy waits, is told 200, and is stored as done',
		(state, inProgress, accepted, confirmed) => {
			expect([isInProgress(state), isAccepted(state), isConfirmed(state)]).toEqual([
				inProgress,
				accepted,
				confirmed,
			]);
		},
	);
});
