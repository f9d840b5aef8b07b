import type { IWebhookFunctions } from 'n8n-workflow';

/** Node gives the names in lower case. Source: docs/vendor-facts.md#delivery-request. */
export const DELIVERY_HEADERS = {
	deliveryId: 'x-nexus-delivery-id',
	eventType: 'x-nexus-event-type',
	signature: 'x-nexus-signature-256',
	timestamp: 'x-nexus-timestamp',
} as const;

/** HTTP headers from Node: lower-case names, repeated ones joined. */
export type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

const MAX_ID_CHARS = 40;

/** Expert's IDs are UUIDs, those of test deliveries begin with a word. */
const OTHER_THAN_ID = /[^\w.:-]/g;

/**
 * Makes a delivery ID safe to show. Anyone can make one up, and it appears in n8n's log and in
 * messages that n8n and e-mails render as HTML: so it can neither forge lines nor contain a link.
 */
export function shortenedDeliveryId(deliveryId: unknown): string {
	if (typeof deliveryId !== 'string' || deliveryId === '') return '(no id)';
	const printable = deliveryId.slice(0, MAX_ID_CHARS + 1).replace(OTHER_THAN_ID, '?');
	return printable.length > MAX_ID_CHARS ? `${printable.slice(0, MAX_ID_CHARS)}…` : printable;
}
