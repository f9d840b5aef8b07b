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
