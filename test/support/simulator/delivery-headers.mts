import { signDelivery } from './signing.mts';

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

/** Unix time in the unit of the settings: see docs/vendor-facts.md#timestamp. */
export function deliveryTimestamp(unit: 'seconds' | 'milliseconds', now = Date.now()): string {
	return String(unit === 'seconds' ? Math.floor(now / 1000) : now);
}
