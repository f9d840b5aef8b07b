import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

/** One event under the name that all of its copies have, whichever process has taken them. */
export interface EventName {
	name: string;
	/**
	 * Only for an event without an id, which another one may be like in everything: copies of one
	 * delivery have this in common.
	 */
	deliveryId?: string;
}

/** Characters of a hash: 132 bits. */
const HASH_CHARS = 22;
/** What differs between copies: how they came, not what Expert has signed. */
const OF_THE_ARRIVAL = ['deliveryId', 'receivedAt', 'redelivered', 'headers'];

/** By the id that Expert gives an event, with its type and time; without an id by all that it says. */
export function eventNameOf(item: IDataObject): EventName {
	const { eventId, eventType, occurredAt } = item;
	if (typeof eventId === 'string') return { name: hashOf([eventId, eventType, occurredAt]) };
	const signed = Object.entries(item).filter(([field]) => !OF_THE_ARRIVAL.includes(field));
	return { name: hashOf(signed), deliveryId: String(item.deliveryId) };
}

function hashOf(parts: unknown[]): string {
	const hash = createHash('sha256').update(JSON.stringify(parts));
	return hash.digest('base64url').slice(0, HASH_CHARS);
}
