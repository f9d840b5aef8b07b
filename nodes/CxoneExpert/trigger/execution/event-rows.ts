import { createHash } from 'node:crypto';

import { type IDataObject, type IExecuteFunctions, sleep } from 'n8n-workflow';

import { perNode } from '../../shared/per-node';
import { dropRow, recordInRow } from '../../n8n/processed-items';

/*
 * Each event has a row in n8n's database, which the first execution to begin with it has inserted. The
 * database lets one of two inserts succeed, however long a process or a statement takes.
 *
 * Who has inserted a row drops it when no copy can come unmarked any more. A worker that ends leaves those
 * of its last half hour behind.
 */

/** How long a row stays. */
export const ROW_TTL_MS = 30 * 60_000;
/** Rows that an execution drops beyond as many as it has made, so that none wait for long. */
const MORE_DROPPED = 20;
/** Rows of a node that a worker drops later; what is more stays in the database. */
const MAX_ROWS = 50_000;
/** Between two tries to ask n8n's database, and after how long there is no other one. */
const RETRY_MS = { first: 25, longest: 1_000, all: 5 * 60_000 };

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

interface EventRow {
	name: string;
	/** Ms of the monotonic clock. */
	dropAt: number;
}

/** By node: the rows of events that this worker has inserted, oldest first. */
export const rowsOf = perNode((): EventRow[] => []);

/**
 * What is known of an event in this execution.
 *
 * - `first`: no other execution has begun with it
 * - `copy`: another one has
 * - `like another`: another one has begun with an event that says the same, and neither has an id
 * - `again`: this execution has begun before, in a worker that was lost
 * - `unknown`: n8n's database does not respond
 */
export type Beginning = 'first' | 'copy' | 'like another' | 'again' | 'unknown';

/**
 * Begins with an event. It takes as long as n8n's database does: whoever cannot wait goes on, and the event
 * is recorded once that works again. It never throws.
 */
export async function begin(context: IExecuteFunctions, event: EventName): Promise<Beginning> {
	const { name, deliveryId } = event;
	const execution = `${name} in ${context.getExecutionId()}`;
	const delivery = deliveryId === undefined ? [] : [`${name} as ${deliveryId}`];
	const fresh = await record(context, name, [name, execution, ...delivery]);
	if (fresh === undefined) return 'unknown';
	if (fresh.has(name)) {
		keep(context, name);
		return 'first';
	}
	if (!fresh.has(execution)) return 'again';
	return delivery.some((mark) => fresh.has(mark)) ? 'like another' : 'copy';
}

/** At first a failure means that another process was faster: then the next try finds its row. */
async function record(
	context: IExecuteFunctions,
	row: string,
	marks: string[],
): Promise<Set<string> | undefined> {
	const giveUpAt = performance.now() + RETRY_MS.all;
	for (let wait = RETRY_MS.first; ; wait = Math.min(2 * wait, RETRY_MS.longest)) {
		const fresh = await recordInRow(context, row, marks).catch(() => undefined);
		if (fresh !== undefined || performance.now() > giveUpAt) return fresh;
		await sleep(wait);
	}
}

function keep(context: IExecuteFunctions, name: string): void {
	const rows = rowsOf(context);
	rows.push({ name, dropAt: performance.now() + ROW_TTL_MS });
	if (rows.length > MAX_ROWS) rows.shift();
}

/**
 * Drops rows of this node whose time is over. One that cannot be dropped stays in the database.
 *
 * @param made how many rows the execution has made at most
 */
export async function dropOldRows(context: IExecuteFunctions, made: number): Promise<void> {
	const rows = rowsOf(context);
	const now = performance.now();
	const isOver = ({ dropAt }: EventRow) => dropAt <= now;
	const old = rows.slice(0, made + MORE_DROPPED).filter(isOver);
	rows.splice(0, old.length);
	for (const { name } of old) await dropRow(context, name);
}
