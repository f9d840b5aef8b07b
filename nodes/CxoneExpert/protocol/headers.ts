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

const MAX_ID_CHARS = 40;

/** What ids are made of: Expert's are UUIDs, those of test deliveries begin with a word. */
const OTHER_THAN_ID = /[^\w.:-]/g;

/**
 * A delivery's id for people. Anyone can have made it up, and it stands in n8n's log and in messages that
 * n8n and mails show as HTML: it is shortened, and can neither forge lines nor hold a link.
 */
export function shortenedDeliveryId(deliveryId: unknown): string {
	if (typeof deliveryId !== 'string' || deliveryId === '') return '(no id)';
	const printable = deliveryId.slice(0, MAX_ID_CHARS + 1).replace(OTHER_THAN_ID, '?');
	return printable.length > MAX_ID_CHARS ? `${printable.slice(0, MAX_ID_CHARS)}…` : printable;
}
