import { createHmac, timingSafeEqual } from 'node:crypto';

/** More signatures in a header are ignored: each costs a comparison. */
const MAX_SIGNATURES = 8;

/** Longer headers are cut. */
const MAX_HEADER_CHARS = 2048;

/** 32 bytes each, several while secrets rotate. Skips anything but `sha256=` and 64 hex digits. */
export function readSignatures(header: string): Buffer[] {
	return header
		.slice(0, MAX_HEADER_CHARS)
		.split(/[\s,]+/)
		.flatMap((text) => /^sha256=([0-9a-fA-F]{64})$/.exec(text)?.[1] ?? [])
		.slice(0, MAX_SIGNATURES)
		.map((hex) => Buffer.from(hex, 'hex'));
}

/** The signature covers the literal header text and the exact bytes. Source: docs/vendor-facts.md#signature. */
export function sign(secret: string, timestamp: string, body: Buffer): Buffer {
	return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
}

export function signatureHeader(secret: string, timestamp: string, body: Buffer): string {
	return `sha256=${sign(secret, timestamp, body).toString('hex')}`;
}

export const NOT_VERIFIED =
	'Signatures are not verified, because the credential says that the site has no signing secret yet. Until then, anyone who gets hold of the delivery token can start the workflow with made-up events. Ask NiCE for the secret, and enter it as Signing Secret in the credential.';

/** Whether a message is signed with one of these secrets. Always compares all of them. */
export function isSignedWithAny(
	secrets: string[],
	{ timestamp, signatures }: { timestamp: string; signatures: Buffer[] },
	body: Buffer,
): boolean {
	let isSigned = false;
	for (const own of secrets.map((secret) => sign(secret, timestamp, body))) {
		for (const theirs of signatures) isSigned = timingSafeEqual(theirs, own) || isSigned;
	}
	return isSigned;
}

/** How far a signed timestamp may be ahead of our clock. */
export const MAX_CLOCK_SKEW_SECONDS = 300;

/** Larger numbers are milliseconds: 1e11 seconds is the year 5138. */
const MIN_MILLISECONDS_VALUE = 1e11;

/**
 * Parses the signed time of a delivery to unix ms; `undefined` for anything but digits.
 *
 * The vendor names no unit (docs/vendor-facts.md#timestamp). The signature covers the literal text,
 * and its first dot ends the time: with a dot in the time, a replay could move that.
 */
export function readTimestamp(text: string): number | undefined {
	if (!/^\d{1,13}$/.test(text)) return undefined;
	const number = Number(text);
	return number > MIN_MILLISECONDS_VALUE ? number : number * 1000;
}

/** Whether a signed time is too old, or too far in the future. Both times in unix ms. */
export function isOutsideWindow(signedAt: number, now: number, maxAgeSeconds: number): boolean {
	const ageSeconds = (now - signedAt) / 1000;
	return ageSeconds > maxAgeSeconds || -ageSeconds > MAX_CLOCK_SKEW_SECONDS;
}
