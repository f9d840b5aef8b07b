import { describe, expect, it } from 'vitest';

import { DeliveryFigures } from '../../../../nodes/CxoneExpert/shared/delivery-figures.ts';
import {
	failureCounts,
	keepsDisabling,
	NO_FAILURES,
} from '../../../../nodes/CxoneExpert/trigger/watch/keeps-disabling.ts';

const one = { deliveriesPerExecution: 'one' } as const;
const several = { deliveriesPerExecution: 'severalWhenBusy' } as const;

function figures(act: (figures: DeliveryFigures) => void = () => {}): DeliveryFigures {
	const seen = new DeliveryFigures(0);
	act(seen);
	return seen;
}

const LATE = 'Expert keeps disabling the webhook: n8n responds too late';

describe('a webhook that Expert keeps disabling', () => {
	it.each([
		['later than a second', (seen: DeliveryFigures) => seen.responded(200, 1001)],
		['that it is late', (seen: DeliveryFigures) => seen.responded(503, 900, 'late')],
	])(
		'keepsDisabling names the option first, then Sizing, when the trigger responded %s',
		(_case, act) => {
			const { message, description } = keepsDisabling(figures(act), NO_FAILURES, one);
			expect(message).toBe(LATE);
			expect(description).toMatch(/^Set "Deliveries per Execution" .* "Several When Busy"/);
			expect(description).toContain('If that is not enough, see "Sizing"');
		},
	);

	it('keepsDisabling names Sizing alone when deliveries share executions already', () => {
		const late = figures((seen) => seen.responded(200, 1001));
		const { message, description } = keepsDisabling(late, NO_FAILURES, several);
		expect(message).toBe(LATE);
		expect(description).toMatch(/^See "Sizing"/);
		expect(description).not.toContain('Several When Busy');
	});

	it('keepsDisabling says why deliveries are refused, and not that n8n is late', () => {
		const refused = figures((seen) => {
			seen.responded(200, 1001);
			seen.refused({ reason: 'signature wrong' }, 'a-delivery');
		});
		expect(keepsDisabling(refused, failureCounts(refused), one).message).not.toContain('refuses');
		const { message, description } = keepsDisabling(refused, NO_FAILURES, one);
		expect(message).toContain('its signature does not match the Signing Secret');
		expect(description).toContain('Enter the Signing Secret');
		expect(description).not.toContain('Several When Busy');
	});

	it('keepsDisabling does not put it down to one refusal where more are late', () => {
		const late = figures((seen) => {
			for (let count = 0; count < 2; count++) seen.responded(503, 900, 'late');
			seen.refused({ reason: 'signature wrong' }, 'a-delivery');
		});
		expect(keepsDisabling(late, NO_FAILURES, one).message).toBe(LATE);
	});

	it('keepsDisabling says that deliveries are refused where a stranger was refused last', () => {
		const refused = figures((seen) => {
			seen.refused({ reason: 'signature wrong' }, 'a-delivery');
			seen.refused({ reason: 'authorization missing' }, 'a-stranger');
		});
		expect(keepsDisabling(refused, NO_FAILURES, one).message).toBe(
			'Expert keeps disabling the webhook: n8n refuses its deliveries',
		);
	});

	it('keepsDisabling does not put it down to a request that anybody can have sent', () => {
		const late = figures((seen) => {
			seen.responded(503, 900, 'late');
			seen.refused({ reason: 'authorization missing' }, 'a-stranger');
		});
		expect(keepsDisabling(late, NO_FAILURES, one).message).toBe(LATE);
	});

	it.each([
		['not saved', 'n8n cannot save executions', /^The log of n8n says why/],
		['not handled', 'the trigger cannot handle its deliveries', /^Open the credential/],
	] as const)(
		'keepsDisabling goes by the most frequent reason: one late, two %s',
		(reason, problem, advice) => {
			const seen = figures((each) => {
				each.responded(503, 900, 'late');
				// Expert has not waited for these two either.
				for (let count = 0; count < 2; count++) each.responded(503, 1001, reason);
			});
			const { message, description } = keepsDisabling(seen, NO_FAILURES, one);
			expect(message).toBe(`Expert keeps disabling the webhook: ${problem}`);
			expect(description).toMatch(advice);
		},
	);

	it('keepsDisabling leaves out what had failed before the webhook was enabled', () => {
		const seen = figures();
		for (let count = 0; count < 3; count++) seen.responded(503, 900, 'not saved');
		const before = failureCounts(seen);
		expect(keepsDisabling(seen, before, one).message).toBe('Expert keeps disabling the webhook');
		seen.responded(200, 1001);
		expect(keepsDisabling(seen, before, one).message).toBe(LATE);
	});

	it('keepsDisabling says where to look when nothing was seen here, with the option first', () => {
		const { message, description } = keepsDisabling(figures(), NO_FAILURES, one);
		expect(message).toBe('Expert keeps disabling the webhook');
		expect(description).toMatch(/Expert Dashboard.*Several When Busy.*503.*401 and 404/);
	});
});
