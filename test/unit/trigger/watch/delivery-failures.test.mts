import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { DeliveryFigures } from '../../../../nodes/CxoneExpert/metrics/delivery-figures.ts';
import type { RejectionReason } from '../../../../nodes/CxoneExpert/protocol/rejection.ts';
import {
	keepsDisabling,
	failing,
	type SiteCount,
	withSiteCount,
} from '../../../../nodes/CxoneExpert/trigger/watch/delivery-failures.ts';

const one = { deliveriesPerExecution: 'one' } as const;
const several = { deliveriesPerExecution: 'severalInBurst' } as const;

function figures(act: (figures: DeliveryFigures) => void = () => {}): DeliveryFigures {
	const seen = new DeliveryFigures(0);
	act(seen);
	return seen;
}

type Act = (seen: DeliveryFigures) => void;
const late: Act = (seen) => seen.responded(503, 900, 'late');
const tooLate: Act = (seen) => seen.responded(200, 1001);
// Expert has not waited for this one either.
const notSaved: Act = (seen) => seen.responded(503, 1001, 'not saved');
const notHandled: Act = (seen) => seen.responded(503, 20, 'not handled');
const forged: Act = (seen) => seen.rejected({ reason: 'signature wrong' }, 'a-delivery');
const stranger: Act = (seen) => seen.rejected({ reason: 'authorization missing' }, 'a-stranger');

const LATE = ': n8n responds too late';
const NOT_SAVED = ': n8n cannot save executions';
const REFUSES = ': n8n refuses its deliveries';
const OPTION_FIRST = /^Set 'Deliveries: Per Execution' .* "Several in a Burst".* see "Sizing"/;

describe('a webhook that Expert keeps disabling', () => {
	const told = (acts: Act[], options: typeof one | typeof several = one) =>
		keepsDisabling(
			figures((seen) => acts.forEach((act) => act(seen))),
			undefined,
			options,
		);

	it.each<[what: string, acts: Act[], cause: string, advice: RegExp]>([
		['a response after a second', [tooLate], LATE, OPTION_FIRST],
		['the trigger that said it was late', [late], LATE, OPTION_FIRST],
		['what was late, not to a request that anybody can send', [late, stranger], LATE, OPTION_FIRST],
		['refusals, not to the stranger who came last', [forged, stranger], REFUSES, /^The log/],
		['most that were not saved', [late, notSaved, notSaved], NOT_SAVED, /^The log of n8n says why/],
		[
			'most that were not handled',
			[late, notHandled, notHandled],
			': the trigger cannot handle its deliveries',
			/^Open the credential/,
		],
		['nothing that was seen', [], '', /Expert Dashboard.*Several in a Burst.*503.*401 and 404/],
	])('keepsDisabling puts it down to %s, and says what to do', (_what, acts, cause, advice) => {
		const { message, description } = told(acts);
		expect(message).toBe(`Expert keeps disabling the webhook${cause}`);
		expect(description).toMatch(advice);
	});

	it('keepsDisabling names Sizing alone when deliveries share executions already', () => {
		const { description } = told([tooLate], several);
		expect(description).toMatch(/^See "Sizing"/);
		expect(description).not.toContain('Several in a Burst');
	});
});

describe('failing, by what this process has refused', () => {
	const MINUTE = 60_000;
	const refusedAt = (...minutes: number[]) => refused('signature wrong', minutes);
	/** Refusals at these minutes. */
	const refused = (reason: RejectionReason, minutes: number[]) => {
		vi.useFakeTimers({ toFake: ['Date'] });
		onTestFinished(() => void vi.useRealTimers());
		const start = Date.now();
		return figures((seen) => {
			for (const minute of minutes) {
				vi.setSystemTime(start + minute * MINUTE);
				seen.rejected({ reason }, 'a-delivery');
			}
		});
	};

	it.each([
		['nine in a row', Array.from({ length: 9 }, () => 0), false],
		['ten in a row', Array.from({ length: 10 }, () => 0), true],
		['two within five minutes', [0, 4.9], false],
		['two that are five minutes apart', [0, 5], true],
	])('failing tells of %s: %s', (_case, minutes, isTold) => {
		const { finding } = failing(refusedAt(...minutes), undefined, one);
		expect(finding === 'deliveries refused').toBe(isTold);
	});

	it.each(['authorization missing', 'authorization wrong'] as const)(
		'failing tells of %s only if the site counts failures, too: anybody can send such requests',
		(reason) => {
			const seen = refused(reason, [0, 5]);
			expect(failing(seen, undefined, one).finding).toBe('fine');
			const siteCount = withSiteCount(undefined, 2, 0);
			expect(failing(seen, siteCount, one).finding).toBe('deliveries refused');
		},
	);
});

describe('failing, by what the site counts', () => {
	/** The site's count at checks five minutes apart. */
	const counts = (...atChecks: number[]) =>
		atChecks.reduce<SiteCount | undefined>(
			(before, count, index) => withSiteCount(before, count, index * 5 * 60_000),
			undefined,
		);
	const told = (seen: DeliveryFigures, ...atChecks: number[]) =>
		failing(seen, counts(...atChecks), one, (atChecks.length - 1) * 5 * 60_000).message;

	it.each([
		['ten in a row', [10], true],
		['more at the next check', [1, 2], true],
		['no more at the next check', [1, 1, 1], false],
		['one that got through in between', [3, 0, 1], false],
	])('failing tells of %s where this process takes no deliveries: %s', (_case, atChecks, isTold) => {
		expect(told(figures(), ...atChecks) !== undefined).toBe(isTold);
	});

	it.each<[what: string, acts: Act[], message: RegExp, description: RegExp]>([
		['nothing, where it has seen none', [], /that did not get through$/, /^This process/],
		['late responses', [late], /did not get through: n8n responds too late$/, /^Set 'Deliveries/],
	])('failing puts the count of the site down to %s', (_cause, acts, message, description) => {
		const seen = figures((each) => acts.forEach((act) => act(each)));
		expect(told(seen, 14)).toMatchObject({
			message: expect.stringMatching(message),
			description: expect.stringMatching(description),
		});
	});
});
