import { expect, it } from 'vitest';

import {
	testReport,
	type TestReport,
} from '../../../../../nodes/CxoneExpert/actions/webhook/test-delivery/report.ts';
import type { Webhook } from '../../../../../nodes/CxoneExpert/api/webhooks.ts';

const webhook: Webhook = {
	...{ id: '7', url: 'https://n8n.example.com/webhook/a/webhook', active: true },
	...{ authorization: 'Bearer secret-token', events: [], consecutiveFailures: 0 },
	...{ disabledReason: '0', element: {} },
};

const accepted = (parts: string) => ({
	deliveryId: 'd-1',
	response: { status: 200, headers: { 'x-cxone-expert-verified': parts }, body: '' },
	responseMs: 43,
});

function reportOf(changed: Partial<TestReport> = {}) {
	const report = { webhook, authorization: 'Bearer secret-token', ...changed };
	const item = testReport(report);
	expect(JSON.stringify(item)).not.toContain('secret-token');
	return item as typeof item & { steps: Array<Record<string, unknown>> };
}

it('testReport says that a webhook works when every step is passed', () => {
	const item = reportOf({ outcome: accepted('token, signature') });
	expect(item).toEqual({
		...{ id: '7', url: webhook.url, works: true, status: 200, responseMs: 43, deliveryId: 'd-1' },
		steps: [
			{ step: 'The address is public and uses https', ok: true, message: 'Passed.' },
			{ step: 'Something responds there', ok: true, message: 'Passed.' },
			{ step: 'The certificate is trusted', ok: true, message: 'Passed.' },
			{ step: 'It is the trigger that responds', ok: true, message: 'Passed.' },
			{ step: 'The headers come through', ok: true, message: 'Passed.' },
			{
				step: 'The signature is accepted',
				ok: true,
				message:
					'Passed, with the Signing Secret of this credential. Whether Expert has the same one shows when a delivery from Expert arrives.',
			},
			{
				step: 'The response comes within one second',
				ok: true,
				message: '43 ms from this n8n. From Expert it takes longer.',
			},
			{ step: 'Expert sends the right Authorization', ok: true, message: 'Passed.' },
			{ step: 'The webhook is enabled', ok: true, message: 'Passed.' },
		],
	});
});

it('testReport claims nothing about a signature that the trigger did not verify', () => {
	const item = reportOf({ outcome: accepted('token') });
	expect(item.works).toBe(true);
	expect(item.steps[5]).toEqual({
		step: 'The signature is accepted',
		ok: null,
		message: 'Not checked: in the trigger, "Verify Signature" is off.',
	});
});

it('testReport gives the fault as the problem, and no result for what lies behind it', () => {
	const fault = { stage: 'trigger', problem: 'What happened.', whatToDo: 'What to do.' } as const;
	const outcome = { ...accepted(''), response: { status: 404, headers: {}, body: '' } };
	const item = reportOf({ outcome, fault, webhook: { ...webhook, active: false } });
	expect(item).toMatchObject({
		...{ works: false, status: 404, problem: 'What happened.', whatToDo: 'What to do.' },
	});
	expect(item.steps.map(({ ok }) => ok)).toEqual([
		...[true, true, true, false, null, null, null],
		...[true, false],
	]);
	expect(item.steps[3]).toMatchObject({ message: 'What happened. What to do.' });
});

it('testReport has neither status nor time when nothing was sent', () => {
	const fault = { stage: 'address', problem: 'No.', whatToDo: 'Do.' } as const;
	const item = reportOf({ fault });
	for (const field of ['status', 'responseMs', 'deliveryId'])
		expect(item).not.toHaveProperty(field);
});

it('testReport has no status when there was no response', () => {
	const fault = { stage: 'connection', problem: 'No.', whatToDo: 'Do.' } as const;
	const outcome = { ...accepted(''), response: { status: 0, headers: {}, body: '' } };
	expect(reportOf({ fault, outcome })).not.toHaveProperty('status');
});

it.each([
	[{ authorization: 'Bearer another-value' }, false, 'Authorization set to Renew'],
	[{ authorization: '' }, null, undefined],
])('testReport compares what Expert sends: %j', (changed, ok, whatToDo) => {
	const item = reportOf({
		outcome: accepted('token, signature'),
		webhook: { ...webhook, ...changed },
	});
	expect(item.works).toBe(ok !== false);
	expect(item.steps[7]).toMatchObject({ ok });
	expect(JSON.stringify(item)).not.toContain('another-value');
	if (whatToDo !== undefined) expect(item.whatToDo).toContain(whatToDo);
});

it('testReport says that a disabled webhook does not work', () => {
	const outcome = accepted('token, signature');
	const item = reportOf({ outcome, webhook: { ...webhook, active: false } });
	expect(item).toMatchObject({
		...{ works: false, problem: expect.stringContaining('is disabled') },
		whatToDo: expect.stringContaining('Webhook > Enable'),
	});
});
