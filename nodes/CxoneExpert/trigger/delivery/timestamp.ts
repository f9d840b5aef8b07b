/** How far ahead of our clock a signed timestamp may be, in seconds. */
export const MAX_CLOCK_SKEW_SECONDS = 300;

/** Above this a number means milliseconds: 1e11 seconds are the year 5138. */
const MIN_MILLISECONDS_VALUE = 1e11;

/**
 * The signed time of a delivery in unix ms, or `undefined` when it is not 1 to 13 digits.
 *
 * The vendor says "unix timestamp" and names no unit (docs/vendor-facts.md#timestamp), so seconds
 * and milliseconds are both read. The signature is over the literal text, never over this number.
 */
export function readTimestamp(text: string): number | undefined {
	if (!/^\d{1,13}$/.test(text)) return undefined;
	const number = Number(text);
	return number > MIN_MILLISECONDS_VALUE ? number : number * 1000;
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
