import { createHmac, timingSafeEqual } from 'node:crypto';

export interface ServerTokenParts {
	key: string;
	secret: string;
	/** Numeric id, or `=` and the username. */
	user: string;
	/** Unix seconds. */
	epoch: number;
}

/** Value of X-Deki-Token: see docs/vendor-facts.md#server-token. */
export function makeServerToken(parts: ServerTokenParts): string {
	return `tkn_${parts.key}_${parts.epoch}_${parts.user}_${hashOf(parts)}`;
}

export interface TokenCheck {
	key: string;
	secret: string;
	validityMs: number;
	now?: number;
}

/**
 * The user of a good token (`=name` or an ID); undefined for any other text: see
 * docs/vendor-facts.md#server-token.
 */
export function readServerToken(token: string, check: TokenCheck): string | undefined {
	const match = /^tkn_(.+)_(\d{1,15})_(=.+|\d+)_([\da-f]{64})$/i.exec(token);
	if (!match) return undefined;
	const [, key = '', epochText, user = '', hash = ''] = match;
	const epoch = Number(epochText);
	const expected = hashOf({ key, secret: check.secret, user, epoch });
	const age = Math.abs((check.now ?? Date.now()) - epoch * 1000);
	const genuine = timingSafeEqual(Buffer.from(hash.toLowerCase()), Buffer.from(expected));
	return genuine && key === check.key && age <= check.validityMs ? user : undefined;
}

function hashOf({ key, secret, user, epoch }: ServerTokenParts): string {
	return createHmac('sha256', secret).update(`${key}_${epoch}_${user}`).digest('hex');
}
