import { randomBytes } from 'node:crypto';
import { v1 } from 'uuid';

let last = { msecs: 0, nsecs: 0 };

/**
 * UUID version 1, as event IDs are (docs/vendor-facts.md#event-document): its time is the time of
 * the event.
 */
export function uuidV1(at: Date): string {
	const msecs = at.getTime();
	// IDs of one millisecond differ in their time.
	last = { msecs, nsecs: msecs === last.msecs ? (last.nsecs + 1) % 10_000 : 0 };
	return v1({ ...last, node: randomBytes(6) });
}

/**
 * The ID of the request behind an event: same time, other node, as in the sample of
 * docs/vendor-facts.md#event-document.
 */
export function siblingUuid(id: string): string {
	return id.slice(0, 24) + randomBytes(6).toString('hex');
}
