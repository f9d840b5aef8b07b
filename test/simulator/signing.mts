import { createHmac } from 'node:crypto';

export interface SignedParts {
	secret: string;
	/** The literal text of X-Nexus-Timestamp. */
	timestamp: string | number;
	/** The exact bytes that are sent. */
	body: string | Uint8Array;
}

/** Value of X-Nexus-Signature-256 (§3.4, G-07, G-08): timestamp, dot, payload. */
export function signDelivery({ secret, timestamp, body }: SignedParts): string {
	const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(body);
	return `sha256=${hmac.digest('hex')}`;
}
