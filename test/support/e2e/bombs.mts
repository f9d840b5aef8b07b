import { constants, gunzipSync, gzipSync } from 'node:zlib';

/*
 * Compressed bodies that are small and what they hold is not. n8n's own limit is 16 MB, inflated.
 */

export const MB = 1024 * 1024;

/** About 1 kB for each MB. One gzip may follow another, which saves the time of making it. */
export function gzipBomb(megabytes: number): Buffer {
	const part = gzipSync(Buffer.alloc(64 * MB));
	return Buffer.concat(Array.from({ length: Math.ceil(megabytes / 64) }, () => part));
}

/** Cut so that it fails right behind the limit, when n8n no longer listens to its inflater. */
export function bombCutBehindLimit(): Buffer {
	const whole = gzipSync(Buffer.alloc(20 * MB));
	const inflated = (length: number) =>
		gunzipSync(whole.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH }).length;
	// A byte in there stands for about 1 kB.
	let length = Math.floor((whole.length * 16) / 20);
	while (inflated(length) <= 16 * MB) length += 4;
	return whole.subarray(0, length);
}
