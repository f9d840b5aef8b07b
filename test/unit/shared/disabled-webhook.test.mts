import { expect, it } from 'vitest';

import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import {
	disabledText,
	hasNoReason,
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

it('isDisabledByExpert is true for a disabled webhook with a reason or with failures', () => {
	expect(isDisabledByExpert({ ...webhook, disabledReason: '1' })).toBe(true);
	expect(isDisabledByExpert({ ...webhook, consecutiveFailures: 3 })).toBe(true);
});

it('isDisabledByExpert is false for what a person has disabled, and for what is active', () => {
	expect(isDisabledByExpert(webhook)).toBe(false);
	expect(isDisabledByExpert({ ...webhook, active: true, consecutiveFailures: 3 })).toBe(false);
});

it('hasNoReason is true for the reason 0 alone', () => {
	expect(hasNoReason(webhook)).toBe(true);
	expect(hasNoReason({ ...webhook, disabledReason: '1' })).toBe(false);
});

it.each([
	['0', 0, 'was disabled'],
	['0', 1, 'was disabled by Expert after 1 failed delivery'],
	['0', 3, 'was disabled by Expert after 3 failed deliveries in a row'],
	['4', 3, 'was disabled by Expert after 3 failed deliveries in a row (reason 4)'],
	['4', 0, 'was disabled by Expert (reason 4)'],
])('disabledText of reason %s and %i failures: %s', (disabledReason, consecutiveFailures, text) => {
	expect(disabledText({ ...webhook, disabledReason, consecutiveFailures })).toBe(text);
});
