import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * Names of the headers of a delivery, beside `Authorization`; in lower case, as Node gives received
 * ones. Source: docs/vendor-facts.md#delivery-request.
 */
export const DELIVERY_HEADERS = {
	deliveryId: 'x-nexus-delivery-id',
	eventType: 'x-nexus-event-type',
	signature: 'x-nexus-signature-256',
	timestamp: 'x-nexus-timestamp',
} as const;

/** HTTP headers as Node gives them: lower-case names, repeated ones joined. */
export type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;
