import { hash } from 'node:crypto';

import { BoundedCache } from '../../memory';

/*
 * What has come, as it lies in workflow static data: two texts of narrow rows, because n8n loads and saves all of them
 * with each delivery.
 *
 * A row of a delivery has 23 characters: 8 for the delivery ID, 8 for the name of its events (48 bits of each,
 * base64url), 6 for the time (seconds since 2020 in base 36, up to 2089) and 1 for the state. A row of a change has 14:
 * 8 for its key and 6 for when it happened.
 *
 * With 48 bits, one in seven billion is mistaken for one of 10,000 others.
 */

/**
 * What is known of a delivery when nobody works on it.
 *
 * - `released`: it has not run, the next copy runs; not stored
 * - `open`: it may have run, the next copy runs and is marked
 * - `done`: it has run
 */
export type State = 'released' | 'open' | 'done';

export interface Row {
	/** Hash of the delivery ID. */
	id: string;
	/** Hash of the name of the events; {@link NO_KEY} where there is none. */
	name: string;
	/** When it was signed or arrived; unix seconds. */
	time: number;
	state: Exclude<State, 'released'>;
}

export interface ChangeRow {
	/** Hash of a name, or of where a delivered and a recovered change meet: event/change.ts. */
	key: string;
	/** Site time, unix seconds. */
	at: number;
}

const KEY_CHARS = 8;
/** Stands where there is no hash; not in the alphabet of hashes. */
export const NO_KEY = '.'.repeat(KEY_CHARS);
const TIME_CHARS = 6;
const EPOCH = Date.UTC(2020, 0, 1) / 1000;
const LAST_SECOND = 36 ** TIME_CHARS - 1;

const CHARS = { open: 'o', done: 'd' } as const;
const ROW = /([\w.-]{8})([\w.-]{8})([0-9a-z]{6})([od])/y;
const CHANGE_ROW = /([\w.-]{8})([0-9a-z]{6})/y;

/** The first 48 bits of a hash, base64url. */
export function hashKey(data: string | Buffer): string {
	return hash('sha256', data, 'base64url').slice(0, KEY_CHARS);
}

export function writeRow({ id, name, time, state }: Row): string {
	// Joined, the parts are one flat string in V8: all rows are read for each record.
	return [id, name, writeTime(time), CHARS[state]].join('');
}

export function readRows(text: string): Row[] {
	return readAll(text, ROW, ([, id, name, time, char]) => {
		return { id: id!, name: name!, time: readTime(time!), state: char === 'd' ? 'done' : 'open' };
	});
}

export function writeChangeRow({ key, at }: ChangeRow): string {
	return key + writeTime(at);
}

export function readChangeRows(text: string): ChangeRow[] {
	return readAll(text, CHANGE_ROW, ([, key, at]) => ({ key: key!, at: readTime(at!) }));
}

/** Anything but rows, an edited or damaged text, gives none: what is not known runs, marked, and is not lost. */
function readAll<T>(text: string, pattern: RegExp, rowOf: (found: string[]) => T): T[] {
	const rows: T[] = [];
	pattern.lastIndex = 0;
	for (let end = 0; end < text.length; end = pattern.lastIndex) {
		const found = pattern.exec(text);
		if (found === null) return [];
		rows.push(rowOf(found));
	}
	return rows;
}

function writeTime(time: number): string {
	const seconds = Math.min(Math.max(0, Math.floor(time) - EPOCH), LAST_SECOND);
	return seconds.toString(36).padStart(TIME_CHARS, '0');
}

function readTime(text: string): number {
	return EPOCH + Number.parseInt(text, 36);
}

/** What has come to a trigger node, as it is stored. */
export interface StoredRecord {
	/** The process that wrote it: what it wrote itself it need not read. */
	writer: string;
	/** What was signed until then may have been forgotten; unix seconds. */
	forgottenUpTo: number;
	/** From then on nothing of it is needed; unix seconds. */
	keptUntil: number;
	/** What is done, in the order in which that became known: a process that has read the start need not read it again. */
	rows: string;
	/** What may have run. */
	open: string;
	/** Rows of changes, in the order in which they came. */
	changes: string;
	/** Changes until then may have been forgotten; site time, unix seconds. */
	changesForgottenUpTo: number;
}

/**
 * A stored record, whatever is found in its place.
 *
 * @param latest unix seconds. Nothing that is still to come can be forgotten: a time that says so is damage, and would
 *   have every delivery until then refused
 */
export function readStoredRecord(found: unknown, latest: number): StoredRecord {
	const stored = (found ?? {}) as Partial<Record<keyof StoredRecord, unknown>>;
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const time = (value: unknown, max: number) =>
		typeof value === 'number' && value <= max ? value : 0;
	return {
		writer: text(stored.writer),
		forgottenUpTo: time(stored.forgottenUpTo, latest),
		keptUntil: time(stored.keptUntil, Infinity),
		rows: text(stored.rows),
		open: text(stored.open),
		changes: text(stored.changes),
		changesForgottenUpTo: time(stored.changesForgottenUpTo, latest),
	};
}

/** Of what other processes have stored, what was added since it was read last. */
export class NewRows {
	private readonly read = new BoundedCache<string>({ maxEntries: 8, ttlMs: Infinity });

	/** @param rows a text that grows, until it is rewritten */
	in(rows: string, writer: string): string {
		const before = this.read.get(writer) ?? '';
		this.read.set(writer, rows);
		return rows.startsWith(before) ? rows.slice(before.length) : rows;
	}
}
