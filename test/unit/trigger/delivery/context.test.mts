import type { IWebhookFunctions } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { openContext } from '../../../../nodes/CxoneExpert/trigger/delivery/context.ts';
import type { DeliveryResponse } from '../../../../nodes/CxoneExpert/trigger/delivery/response.ts';

it('openContext throws when n8n has no address for the node', () => {
	const n8n = { getNodeWebhookUrl: () => undefined, getMode: () => 'webhook' };
	expect(() => openContext(n8n as unknown as IWebhookFunctions, {} as DeliveryResponse)).toThrow(
		'no webhook address',
	);
});
