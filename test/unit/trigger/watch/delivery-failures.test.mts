import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { DeliveryFigures } from '../../../../nodes/CxoneExpert/figures/delivery-figures.ts';
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

const LATE = 'Expert keeps disabling the webhook: n8n responds too late';

describe('a webhook that Expert keeps disabling', () => {
	const late = (seen: DeliveryFigures) => seen.responded(503, 900, 'late');
	const forged = (seen: DeliveryFigures) =>
		seen.refused({ reason: 'signature wrong' }, 'a-delivery');
	const stranger = (seen: DeliveryFigures) =>
		seen.refused({ reason: 'authorization missing' }, 'a-stranger');
	const tooLate = (seen: DeliveryFigures) => seen.responded(200, 1001);
	const after = (...acts: Array<typeof late>) =>
		figures((seen) => acts.forEach((act) => act(seen)));

	it.each([
		['responded later than a second', tooLate],
		['said that it is late', late],
	])('keepsDisabling names the option first, then Sizing, when the trigger %s', (_case, act) => {
		const { message, description } = keepsDisabling(after(act), undefined, one);
		expect(message).toBe(LATE);
		expect(description).toMatch(/^Set 'Deliveries: Per Execution' .* "Several in a Burst"/);
		expect(description).toContain('If that is not enough, see "Sizing"');
	});

	it('keepsDisabling names Sizing alone when deliveries share executions already', () => {
		const { message, description } = keepsDisabling(after(tooLate), undefined, several);
		expect(message).toBe(LATE);
		expect(description).toMatch(/^See "Sizing"/);
		expect(description).not.toContain('Several in a Burst');
	});

	it.each([
		['one refusal where more are late', after(late, late, forged), LATE],
		['a request that anybody can have sent', after(late, stranger), LATE],
		[
			'the stranger who was refused last',
			after(forged, stranger),
			'Expert keeps disabling the webhook: n8n refuses its deliveries',
		],
	])('keepsDisabling does not put it down to %s', (_what, seen, message) => {
		expect(keepsDisabling(seen, undefined, one).message).toBe(message);
	});

	it.each([
		['not saved', 'n8n cannot save executions', /^The log of n8n says why/],
		['not handled', 'the trigger cannot handle its deliveries', /^Open the credential/],
	] as const)(
		'keepsDisabling goes by the most frequent reason: one late, two %s',
		(reason, problem, advice) => {
			// Expert has not waited for these two either.
			const other = (seen: DeliveryFigures) => seen.responded(503, 1001, reason);
			const seen = after(late, other, other);
			const { message, description } = keepsDisabling(seen, undefined, one);
			expect(message).toBe(`Expert keeps disabling the webhook: ${problem}`);
			expect(description).toMatch(advice);
		},
	);

	const times = (count: number, act: typeof late) => Array.from({ length: count }, () => act);
	const notSaved = (seen: DeliveryFigures) => seen.responded(503, 1001, 'not saved');
	const notHandled = (seen: DeliveryFigures) => seen.responded(503, 20, 'not handled');

	it.each([
		[
			'refused deliveries beside late ones',
			after(...times(14, late), ...times(8, forged)),
			LATE,
			'n8n has also refused 8 deliveries, the last one because its signature does not match the Signing Secret.',
		],
		[
			'refused deliveries where a stranger was the last to be refused',
			after(late, late, forged, stranger),
			LATE,
			'n8n has also refused 1 delivery.',
		],
		[
			'late deliveries beside those that were not saved',
			after(late, notSaved, notSaved),
			'Expert keeps disabling the webhook: n8n cannot save executions',
			'n8n has also responded too late to 1 delivery.',
		],
		[
			'deliveries that were not saved',
			after(late, late, notSaved),
			LATE,
			'n8n has also failed to save 1 delivery.',
		],
		[
			'deliveries that were not handled',
			after(late, late, notHandled),
			LATE,
			'The trigger has also failed to handle 1 delivery.',
		],
	])(
		'keepsDisabling names a second cause in one sentence: %s',
		(_what, seen, message, sentence) => {
			const says = keepsDisabling(seen, undefined, one);
			expect(says.message).toBe(message);
			expect(says.description).toContain(` ${sentence} `);
			expect(says.description.length).toBeLessThanOrEqual(330);
		},
	);

	it('keepsDisabling names no second cause where those that were not saved were late as well', () => {
		expect(keepsDisabling(after(notSaved, notSaved), undefined, one).description).not.toContain(
			'also',
		);
	});

	it('keepsDisabling says where to look when nothing was seen here, with the option first', () => {
		const { message, description } = keepsDisabling(figures(), undefined, one);
		expect(message).toBe('Expert keeps disabling the webhook');
		expect(description).toMatch(/Expert Dashboard.*Several in a Burst.*503.*401 and 404/);
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
				seen.refused({ reason }, 'a-delivery');
			}
		});
	};

	it.each([
		['nine in a row', Array.from({ length: 9 }, () => 0), false],
		['ten in a row', Array.from({ length: 10 }, () => 0), true],
		['two within five minutes', [0, 4.9], false],
		['two that are five minutes apart', [0, 5], true],
		['a single one', [0], false],
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
		['fewer at the next check: one has got through', [3, 2], false],
		['one that got through in between', [3, 0, 1], false],
	])(
		'failing tells of %s where this process takes no deliveries: %s',
		(_case, atChecks, isTold) => {
			expect(told(figures(), ...atChecks) !== undefined).toBe(isTold);
		},
	);

	it('failing does not go by the site in a process that takes deliveries: it knows why they fail', () => {
		const seen = figures((each) => each.verified('genuine'));
		expect(told(seen, 12)).toBeUndefined();
	});

	it.each([
		['nothing, where it has seen none', figures(), /that did not get through$/, /^This process/],
		[
			'late responses',
			figures((seen) => seen.responded(503, 900, 'late')),
			/did not get through: n8n responds too late$/,
			/^Set 'Deliveries/,
		],
		[
			'late responses, and then to what was not saved',
			figures((seen) => {
				for (let count = 0; count < 2; count++) seen.responded(503, 900, 'late');
				seen.responded(503, 20, 'not saved');
			}),
			/did not get through: n8n responds too late$/,
			/n8n has also failed to save 1 delivery\.$/,
		],
		[
			'executions that cannot be saved',
			figures((seen) => seen.responded(503, 20, 'not saved')),
			/: n8n cannot save executions$/,
			/^The log of n8n says why/,
		],
	])('failing puts the count of the site down to %s', (_cause, seen, message, description) => {
		expect(told(seen, 14)).toMatchObject({
			message: expect.stringMatching(message),
			description: expect.stringMatching(description),
		});
	});
});
