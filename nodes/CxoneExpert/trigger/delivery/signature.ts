import { createHmac, timingSafeEqual } from 'node:crypto';

/** More signatures than this in one header are not looked at: each costs a comparison. */
const MAX_SIGNATURES = 8;

/**
 * The signatures in a header, 32 bytes each. Several may stand there, divided by commas or spaces,
 * while secrets rotate; what is not `sha256=` and 64 hex digits is left out.
 */
export function readSignatures(header: string): Buffer[] {
	return header
		.slice(0, 2048)
		.split(/[\s,]+/)
		.flatMap((text) => /^sha256=([0-9a-fA-F]{64})$/.exec(text)?.[1] ?? [])
		.slice(0, MAX_SIGNATURES)
		.map((hex) => Buffer.from(hex, 'hex'));
}

/**
 * HMAC-SHA256 over `timestamp.body`, the literal header text and the exact bytes received.
 * Source: the vendor's webhook integration guide.
 */
export function sign(secret: string, timestamp: string, body: Buffer): Buffer {
	return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
}

/** Whether one of the received signatures is one of ours. Looks at all of them, always. */
export function anySignatureMatches(received: Buffer[], ours: Buffer[]): boolean {
	let same = false;
	for (const theirs of received) {
		for (const own of ours) same = timingSafeEqual(theirs, own) || same;
	}
	return same;
}
