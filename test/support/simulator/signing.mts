import { createHmac } from 'node:crypto';
import type { Settings } from './settings.mts';
import type { Webhook } from './webhooks.mts';

export interface SignedParts {
	secret: string;
	/** The literal text of X-Nexus-Timestamp. */
	timestamp: string | number;
	/** The exact bytes that are sent. */
	body: string | Uint8Array;
}

/** The key that the settings have the site sign with: see docs/vendor-facts.md#signing-secret. */
export function signingKey({ authorizationHeader, guid }: Webhook, settings: Settings): string {
	const keys: Record<Settings['signedWith'], string> = {
		signingSecret: settings.signingSecret,
		authorization: authorizationHeader,
		token: authorizationHeader.replace(/^\S+ +/, ''),
		guid,
		tokenSecret: settings.tokenSecret,
	};
	return keys[settings.signedWith];
}

/**
 * Value of X-Nexus-Signature-256 over timestamp, dot, payload: see docs/vendor-facts.md#signature.
 */
export function signDelivery({ secret, timestamp, body }: SignedParts): string {
	const hmac = createHmac('sha256', secret).update(`${timestamp}.`).update(body);
	return `sha256=${hmac.digest('hex')}`;
}
