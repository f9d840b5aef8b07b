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

/*
 * What "Send Test Delivery" of the action node and the trigger agree on. A test delivery goes the whole
 * way of a genuine one until its event type is read. The type is not one of Expert's, so no site sends
 * it and no choice of events, not even "All Events", lets it start a workflow.
 */

/** The event type of a test delivery, as event documents spell it. */
export const TEST_EVENT_TYPE = 'n8n:testdelivery';

/**
 * The response header with the proof that a trigger with the same credential serves the address. The
 * action node asks for it before it sends anything secret: by a test delivery without token and
 * signature, whose delivery ID is the challenge.
 */
export const PROOF_HEADER = 'x-cxone-expert-proof';

/** The response header by which the trigger says what it has verified. Nobody else gets it. */
export const VERIFIED_HEADER = 'x-cxone-expert-verified';

/** What it says. The token alone is verified while the site has no signing secret. */
export type VerifiedParts = 'token' | 'token, signature';
