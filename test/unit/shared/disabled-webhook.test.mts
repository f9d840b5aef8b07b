import { expect, it } from 'vitest';

import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import {
	disabledText,
	isDisabledByExpert,
} from '../../../nodes/CxoneExpert/shared/disabled-webhook.ts';

const webhook: Webhook = {
	id: '123',
	url: 'https://n8n.example.com/webhook/a/webhook',
	active: false,
	authorization: 'Bearer x',
	events: [],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};

it.each([
	['0', 0, false, 'was disabled'],
	['0', 1, true, 'was disabled by Expert after 1 failed delivery'],
	['0', 3, true, 'was disabled by Expert after 3 failed deliveries in a row'],
	['4', 3, true, 'was disabled by Expert after 3 failed deliveries in a row (reason 4)'],
	['4', 0, true, 'was disabled by Expert (reason 4)'],
])(
	'a webhook that is off with the reason %s and %i failures was disabled by Expert: %s',
	(disabledReason, consecutiveFailures, byExpert, text) => {
		const found = { ...webhook, disabledReason, consecutiveFailures };
		expect(isDisabledByExpert(found)).toBe(byExpert);
		expect(disabledText(found)).toBe(text);
		expect(isDisabledByExpert({ ...found, active: true })).toBe(false);
	},
);
