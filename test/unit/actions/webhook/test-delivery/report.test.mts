import { expect, it } from 'vitest';

import { testReport } from '../../../../../nodes/CxoneExpert/actions/webhook/test-delivery/report.ts';
import type { Webhook } from '../../../../../nodes/CxoneExpert/api/webhooks.ts';

const webhook: Webhook = {
	...{ id: '7', url: 'https://n8n.example.com/webhook/a/webhook', active: true },
	...{ authorization: 'Bearer secret-token', events: [], consecutiveFailures: 0 },
	...{ disabledReason: '0', element: {} },
};
const authorization = 'Bearer secret-token';

it('a report has no status when there was no response', () => {
	const fault = { stage: 'connection', problem: 'No.', whatToDo: 'Do.' } as const;
	const response = { status: 0, headers: {}, body: '' };
	const outcome = { deliveryId: 'd-1', response, responseMs: 43 };
	const item = testReport({ webhook, authorization, fault, outcome });
	expect(item).toMatchObject({ works: false, problem: 'No.', whatToDo: 'Do.', responseMs: 43 });
	expect(item).not.toHaveProperty('status');
});

it('a report on a site that hides the Authorization value claims nothing about it', () => {
	const hiding = { ...webhook, authorization: '' };
	const item = testReport({ webhook: hiding, authorization });
	expect((item.steps as unknown[])[7]).toEqual({
		step: 'Expert sends the right Authorization',
		ok: null,
		message: 'Not checked: the site does not show what it sends.',
	});
	expect(JSON.stringify(item)).not.toContain('secret-token');
});
