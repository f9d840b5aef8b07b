import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { openContext } from '../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import { RESPONSE_DEADLINE_MS } from '../../../../nodes/CxoneExpert/trigger/delivery/deadline.ts';

const n8nAt = (webhookUrl: string | undefined) =>
	({
		getNodeWebhookUrl: () => webhookUrl,
		getRequestObject: () => ({ headers: {} }),
		getMode: () => 'webhook',
		getNodeParameter: (_name: string, fallback: unknown) => fallback,
	}) as unknown as IWebhookFunctions;

describe('openContext', () => {
	it('openContext counts the deadline from the arrival', () => {
		const url = 'https://n8n.example.com/webhook/1/webhook';
		expect(openContext(n8nAt(url), 1000)).toMatchObject({
			webhookUrl: url,
			arrivedAt: 1000,
			deadline: 1000 + RESPONSE_DEADLINE_MS,
			parameters: { verifySignature: true },
		});
	});

	it('openContext throws when n8n has no address for the node', () => {
		expect(() => openContext(n8nAt(undefined), 0)).toThrow(RangeError);
	});
});
