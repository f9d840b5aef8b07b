import { expect, it } from 'vitest';

import type { Webhook } from '../../../../nodes/CxoneExpert/api/webhooks.ts';
import type { WantedWebhook } from '../../../../nodes/CxoneExpert/api/webhook-sync.ts';
import { type BackOff, isPaused } from '../../../../nodes/CxoneExpert/trigger/watch/back-off.ts';
import { judgeWebhook } from '../../../../nodes/CxoneExpert/trigger/watch/check.ts';

const wanted: WantedWebhook = {
	url: 'https://n8n.example.com/webhook/a/webhook',
	authorization: 'Bearer x',
	events: ['page_create', 'page_move'],
};
const upToDate: Webhook = {
	...wanted,
	id: '1',
	active: true,
	events: ['Page_Create', 'Page_Move'],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};
const off = { active: false };

it.each([
	['one that is as it should be', [{}], 'fine'],
	['one with failures that is active', [{ consecutiveFailures: 3 }], 'fine'],
	['none', [], 'changed'],
	['one with another authorization', [{ authorization: 'Bearer y' }], 'changed'],
	['one with a surplus event', [{ events: [...upToDate.events, 'Page_Copy'] }], 'changed'],
	['one that is disabled for no reason', [off], 'disabled by a person'],
	['one that is disabled with a reason', [{ ...off, disabledReason: '1' }], 'disabled by Expert'],
	['one disabled after failures', [{ ...off, consecutiveFailures: 3 }], 'disabled by Expert'],
	['two that are disabled for no reason', [off, off], 'disabled by a person'],
	['an active one beside a disabled one', [off, {}], 'changed'],
] as Array<[string, Array<Partial<Webhook>>, string]>)('the judgement on %s is "$2"', (_case, changes, judgement) => {
	const found = changes.map((changed) => ({ ...upToDate, ...changed }));
	expect(judgeWebhook(found, wanted, 'here')).toBe(judgement);
});

it('the judgement on no webhook goes by where it was registered last', () => {
	expect(judgeWebhook([], wanted, 'elsewhere')).toBe('registered elsewhere');
	expect(judgeWebhook([], wanted, 'unknown')).toBe('never registered');
});

const MINUTE = 60_000;

/** The webhook is found disabled at these minutes, and enabled where nothing speaks against it. */
function enabledAt(...minutes: number[]): number[] {
	let backOff: BackOff = { enabledAt: -Infinity, pauses: 0 };
	return minutes.filter((minute) => {
		if (isPaused(backOff, minute * MINUTE)) return false;
		backOff = { enabledAt: minute * MINUTE, pauses: backOff.pauses };
		return true;
	});
}

const EVERY_FIVE_MINUTES = Array.from({ length: 60 }, (_, index) => index * 5);

it.each([
	['at once when Expert disables it for the first time', [0], [0]],
	['at once an hour after it was enabled', [0, 60, 120], [0, 60, 120]],
	['after pauses of 15, 30, 60 and 60 minutes', EVERY_FIVE_MINUTES, [0, 20, 55, 120, 185, 250]],
	['at once when an hour without trouble has followed some pauses', [0, 5, 20, 80, 85, 99, 100], [0, 20, 80, 100]],
])('a disabled webhook is enabled %s', (_when, minutes, enabled) => {
	expect(enabledAt(...minutes)).toEqual(enabled);
});
