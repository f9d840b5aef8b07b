import { createHmac, timingSafeEqual } from 'node:crypto';

/** Further signatures in a header are ignored: each costs a comparison. */
const MAX_SIGNATURES = 8;

/** Longer headers are cut: nobody needs to sign so often. */
const MAX_HEADER_CHARS = 2048;

/**
 * The signatures in a header, 32 bytes each. While secrets rotate there may be several, divided by
 * commas or spaces. Skips what is not `sha256=` and 64 hex digits.
 */
export function readSignatures(header: string): Buffer[] {
	return header
		.slice(0, MAX_HEADER_CHARS)
		.split(/[\s,]+/)
		.flatMap((text) => /^sha256=([0-9a-fA-F]{64})$/.exec(text)?.[1] ?? [])
		.slice(0, MAX_SIGNATURES)
		.map((hex) => Buffer.from(hex, 'hex'));
}

/**
 * HMAC-SHA256 over `timestamp.body`, the literal header text and the exact bytes received.
 * Source: docs/vendor-facts.md#signature.
 */
export function sign(secret: string, timestamp: string, body: Buffer): Buffer {
	return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
}

/** The value of the signature header. */
export function signatureHeader(secret: string, timestamp: string, body: Buffer): string {
	return `sha256=${sign(secret, timestamp, body).toString('hex')}`;
}

/** What people are told while deliveries count without a signature. */
export const NOT_VERIFIED =
	'Signatures are not verified, because the credential says that the site has no signing secret yet. Until then, anyone who gets hold of the delivery token can start the workflow with made-up events. Ask NiCE for the secret, and enter it as Signing Secret in the credential.';

/** Whether a message carries the signature of one of these secrets. Always compares all of them. */
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

/** How far ahead of our clock a signed timestamp may be, in seconds. */
export const MAX_CLOCK_SKEW_SECONDS = 300;

/** Above this a number means milliseconds: 1e11 seconds are the year 5138. */
const MIN_MILLISECONDS_VALUE = 1e11;

/**
 * The signed time of a delivery in unix ms, or `undefined` for what is no time.
 *
 * The vendor says "unix timestamp" and names no unit (docs/vendor-facts.md#timestamp), so seconds and
 * milliseconds are both read, and dates, too: a site that writes one must not have all its deliveries
 * refused. The signature is over the literal text, never over this number.
 */
export function readTimestamp(text: string): number | undefined {
	if (!/^\d{1,13}(\.\d{1,9})?$/.test(text)) return readDate(text);
	const number = Number(text);
	return Math.floor(number > MIN_MILLISECONDS_VALUE ? number : number * 1000);
}

/** In UTC where it names no zone: the site does not know that of n8n's machine. */
function readDate(text: string): number | undefined {
	// `Date.parse` takes `foo 1` for a date, too.
	if (!/(^|\D)\d{4}(\D|$)/.test(text)) return undefined;
	const hasZone = /(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i.test(text);
	const time = Date.parse(hasZone ? text : `${text}Z`);
	return Number.isNaN(time) ? undefined : time;
}

/**
 * Whether a signed time is too old, or too far ahead.
 *
 * @param signedAt unix ms
 * @param now unix ms
 */
export function isOutsideWindow(signedAt: number, now: number, maxAgeSeconds: number): boolean {
	const ageSeconds = (now - signedAt) / 1000;
	return ageSeconds > maxAgeSeconds || -ageSeconds > MAX_CLOCK_SKEW_SECONDS;
}
