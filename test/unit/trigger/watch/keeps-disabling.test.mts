import { describe, expect, it } from 'vitest';

import { DeliveryFigures } from '../../../../nodes/CxoneExpert/shared/delivery-figures.ts';
import { keepsDisabling } from '../../../../nodes/CxoneExpert/trigger/watch/keeps-disabling.ts';

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
			const { message, description } = keepsDisabling(figures(act), one);
			expect(message).toBe(LATE);
			expect(description).toMatch(/^Set "Deliveries per Execution" .* "Several When Busy"/);
			expect(description).toContain('If that is not enough, see "Sizing"');
		},
	);

	it('keepsDisabling names Sizing alone when deliveries share executions already', () => {
		const late = figures((seen) => seen.responded(200, 1001));
		const { message, description } = keepsDisabling(late, several);
		expect(message).toBe(LATE);
		expect(description).toMatch(/^See "Sizing"/);
		expect(description).not.toContain('Several When Busy');
	});

	it('keepsDisabling says why deliveries are refused, and not that n8n is late', () => {
		const refused = figures((seen) => {
			seen.responded(200, 1001);
			seen.refused({ reason: 'signature wrong' }, 'a-delivery');
		});
		const { message, description } = keepsDisabling(refused, one);
		expect(message).toContain('its signature does not match the Signing Secret');
		expect(description).toContain('Enter the Signing Secret');
		expect(description).not.toContain('Several When Busy');
	});

	it('keepsDisabling does not put it down to a request that anybody can have sent', () => {
		const late = figures((seen) => {
			seen.responded(503, 900, 'late');
			seen.refused({ reason: 'authorization missing' }, 'a-stranger');
		});
		expect(keepsDisabling(late, one).message).toBe(LATE);
	});

	it('keepsDisabling says where to look when nothing was seen here, with the option first', () => {
		const { message, description } = keepsDisabling(figures(), one);
		expect(message).toBe('Expert keeps disabling the webhook');
		expect(description).toMatch(/Expert Dashboard.*Several When Busy.*503.*401 and 404/);
	});
});
