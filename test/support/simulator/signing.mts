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
