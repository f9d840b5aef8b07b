import { createHmac } from 'node:crypto';

export interface SignedParts {
	secret: string;
	/** The literal text of X-Nexus-Timestamp. */
	timestamp: string | number;
	/** The exact bytes that are sent. */
	body: string | Uint8Array;
}

/**
 * Value of X-Nexus-Signature-256 over timestamp, dot, payload: see docs/vendor-facts.md#signature.
 */
export function signDelivery({ secret, timestamp, body }: SignedParts): string {
	const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(body);
	return `sha256=${hmac.digest('hex')}`;
}

export interface DeliveryHeaderParts {
	authorization?: string;
	secret: string;
	timestamp: string | number;
	eventType: string;
	deliveryId: string;
	contentType: string;
	body: Uint8Array;
}

/**
 * The headers of a delivery, in the guide's order and case: see
 * docs/vendor-facts.md#delivery-request.
 */
export function deliveryHeaders(parts: DeliveryHeaderParts): Record<string, string> {
	const { secret, timestamp, body } = parts;
	return {
		...(parts.authorization === undefined ? {} : { Authorization: parts.authorization }),
		'X-Nexus-Signature-256': signDelivery({ secret, timestamp, body }),
		'X-Nexus-Timestamp': String(timestamp),
		'X-Nexus-Event-Type': parts.eventType,
		'X-Nexus-Delivery-Id': parts.deliveryId,
		'Content-Type': parts.contentType,
	};
}

/** Unix time in seconds, which is assumed: see docs/vendor-facts.md#timestamp. */
export function deliveryTimestamp(now = Date.now()): string {
	return String(Math.floor(now / 1000));
}
