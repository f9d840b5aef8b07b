import { createHash } from 'node:crypto';

/*
 * What the rows of both records in workflow static data are made of: that of the deliveries
 * (delivery/dedup/record-format.ts) and that of the changes (watch/known.ts). Their form never changes:
 * stored records have it.
 */

/** Width of a key. */
export const KEY_CHARS = 8;
/** Stands where a row has no key; not in the alphabet of keys. */
export const NO_KEY = '.'.repeat(KEY_CHARS);

/** Width of a time. */
export const TIME_CHARS = 6;
const EPOCH_SECONDS = Date.UTC(2020, 0, 1) / 1000;
const LAST_SECOND = 36 ** TIME_CHARS - 1;

/** The first 48 bits of a hash over all parts, base64url. */
export function hashKey(...parts: Array<string | Buffer>): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest('base64url').slice(0, KEY_CHARS);
}

/** Unix seconds in a fixed width. */
export function writeTime(time: number): string {
	const seconds = Math.min(Math.max(0, time - EPOCH_SECONDS), LAST_SECOND);
	return seconds.toString(36).padStart(TIME_CHARS, '0');
}

/** The same back, in unix seconds; what is damaged is old. */
export function readTime(text: string): number {
	return EPOCH_SECONDS + (Number.parseInt(text, 36) || 0);
}
