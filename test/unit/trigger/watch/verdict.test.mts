import { expect, it } from 'vitest';

import type { Webhook } from '../../../../nodes/CxoneExpert/api/webhooks.ts';
import type { DesiredWebhook } from '../../../../nodes/CxoneExpert/trigger/subscription/desired.ts';
import { verdictOn } from '../../../../nodes/CxoneExpert/trigger/watch/verdict.ts';

const desired: DesiredWebhook = {
	url: 'https://n8n.example.com/webhook/a/webhook',
	authorization: 'Bearer x',
	events: ['page_create', 'page_move'],
};
const upToDate: Webhook = {
	...desired,
	id: '1',
	active: true,
	events: ['Page_Create', 'Page_Move'],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};
const off = { active: false };

it.each([
	['one that is as it should be', [{}], 'up to date'],
	['one with failures that is active', [{ consecutiveFailures: 3 }], 'up to date'],
	['none', [], 'changed'],
	['two', [{}, {}], 'changed'],
	['one with another authorization', [{ authorization: 'Bearer y' }], 'changed'],
	['one that lacks an event', [{ events: ['Page_Create'] }], 'changed'],
	['one with a surplus event', [{ events: [...upToDate.events, 'Page_Copy'] }], 'changed'],
	['one that is disabled for no reason', [off], 'disabled by a person'],
	['one that is disabled and lacks an event', [{ ...off, events: [] }], 'disabled by a person'],
	['one that is disabled with a reason', [{ ...off, disabledReason: '1' }], 'disabled by Expert'],
	['one disabled after failures', [{ ...off, consecutiveFailures: 3 }], 'disabled by Expert'],
	['two that are disabled for no reason', [off, off], 'disabled by a person'],
	['an active one beside a disabled one', [off, {}], 'changed'],
] as Array<[string, Array<Partial<Webhook>>, string]>)(
	'the verdict on %s is "$2"',
	(_case, changes, verdict) => {
		const found = changes.map((changed) => ({ ...upToDate, ...changed }));
		expect(verdictOn(found, desired, 'here')).toBe(verdict);
	},
);

it('the verdict on no webhook goes by where it was registered last', () => {
	expect(verdictOn([], desired, 'elsewhere')).toBe('not ours');
	expect(verdictOn([], desired, 'unknown')).toBe('never registered');
});

it('the verdict on a webhook that is there does not depend on what is stored', () => {
	expect(verdictOn([upToDate], desired, 'elsewhere')).toBe('up to date');
	expect(verdictOn([{ ...upToDate, events: [] }], desired, 'elsewhere')).toBe('changed');
});
