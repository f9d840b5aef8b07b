import type { IWebhookFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { openContext } from '../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import type { DeliveryResponse } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';

const n8nAt = (webhookUrl: string | undefined) =>
	({
		getNodeWebhookUrl: () => webhookUrl,
		getRequestObject: () => ({ headers: {} }),
		getMode: () => 'webhook',
		getNodeParameter: (_name: string, fallback: unknown) => fallback,
	}) as unknown as IWebhookFunctions;

const response = { countIn: () => {} } as unknown as DeliveryResponse;

describe('openContext', () => {
	it('openContext gives the address that n8n serves, and the parameters', () => {
		const url = 'https://n8n.example.com/webhook/1/webhook';
		expect(openContext(n8nAt(url), response)).toMatchObject({
			webhookUrl: url,
			parameters: { verifySignature: true },
		});
	});

	it('openContext throws when n8n has no address for the node', () => {
		expect(() => openContext(n8nAt(undefined), response)).toThrow(RangeError);
	});
});
