import { hash } from 'node:crypto';

import { BoundedCache } from '../../memory';

/*
 * The record in workflow static data: two texts of narrow rows, as n8n loads and saves all of it
 * with each delivery. A delivery's row has 23 characters: 8 for its ID, 8 for the name of its
 * events (48 bits each, base64url), 6 for the time (seconds since 2020, base 36, up to 2089), 1 for
 * the state. A change's has 14: 8 for its key, 6 for its time. At 48 bits, one in seven billion is
 * mistaken for one of 10,000 others.
 */

export interface Row {
	id: string;
	/** Hash of the events' names, or {@link NO_KEY}. */
	name: string;
	/** When it was signed, or received if unsigned; unix seconds. */
	time: number;
	/** `open`: may have run; the next copy runs, marked. `done`: has run. */
	state: 'open' | 'done';
}

export interface ChangeRow {
	/** Hash of a change's name or meeting key: event/change.ts. */
	key: string;
	/** Site time, unix seconds. */
	at: number;
}

const KEY_CHARS = 8;
/** Stands for a missing hash; not in the alphabet of hashes. */
export const NO_KEY = '.'.repeat(KEY_CHARS);
const TIME_CHARS = 6;
export const CHANGE_ROW_CHARS = KEY_CHARS + TIME_CHARS;
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
	// Use `join`, which gives one flat string in V8: all rows are read for each record.
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

/** Reads nothing from a damaged text. Unknown deliveries then run, marked, and none is lost. */
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

export interface StoredRecord {
	/** The process that wrote the record, and so need not read it. */
	writer: string;
	/** Deliveries signed up to this time may have been evicted; unix seconds. */
	forgottenUpTo: number;
	/** The record is not needed after this time; unix seconds. */
	keptUntil: number;
	/** Rows of deliveries that have run, in the order in which that became known: readers skip what they have read. */
	rows: string;
	/** Rows of deliveries that may have run. */
	open: string;
	/** Rows of changes, in order of arrival. */
	changes: string;
}

/**
 * Reads a stored record, and ignores what it does not understand. Times of eviction after `latest` (unix seconds) count
 * as damage: they would have every delivery until then marked.
 */
export function readStoredRecord(found: unknown, latest: number): StoredRecord {
	const stored = (found ?? {}) as Partial<Record<keyof StoredRecord, unknown>>;
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const time = (value: unknown, max: number) => (typeof value === 'number' && value <= max ? value : 0);
	return {
		writer: text(stored.writer),
		forgottenUpTo: time(stored.forgottenUpTo, latest),
		keptUntil: time(stored.keptUntil, Infinity),
		rows: text(stored.rows),
		open: text(stored.open),
		changes: text(stored.changes),
	};
}

/** Returns what a process has stored since it was last read. */
export class NewRows {
	private readonly read = new BoundedCache<string>({ maxEntries: 8, ttlMs: Infinity });

	/** @param rows text that grows until it is rewritten */
	in(rows: string, writer: string): string {
		const before = this.read.get(writer) ?? '';
		this.read.set(writer, rows);
		return rows.startsWith(before) ? rows.slice(before.length) : rows;
	}
}
