import { createHash } from 'node:crypto';

/*
 * The ledger as it lies in workflow static data: one text of narrow rows, because n8n loads and saves all of it with
 * each delivery.
 *
 * A row has 23 characters: 8 for the delivery ID, 8 for the name of its events (48 bits of each, base64url), 6 for
 * the time (seconds since 2020 in base 36, up to 2089) and 1 for the state. Where a recovery can find the same
 * change it has 15 more: 1 for the kind, 8 for the page, 6 for when it happened. A delivery of several changes has
 * several rows.
 *
 * With 48 bits, one in seven billion deliveries is mistaken for one of 10,000 others.
 */

/**
 * What is known of a delivery or a change when nobody works on it.
 *
 * - `released`: it has not run, the next copy runs; not stored
 * - `open`: it may have run, the next copy runs and is marked
 * - `done`: it has run as a delivery, or was delivered and is not wanted
 * - `recovered`: the workflow has run for it because the site told of it afterwards
 * - `settled`: a recovery of it has ended, and n8n's store knows whether it has passed on. It is not recovered again,
 *   and is no reason to drop a delivery
 */
export type State = 'released' | 'open' | 'done' | 'recovered' | 'settled';

/** One change of a page that a delivery can tell of, and a recovery can find. */
export interface Change {
	/** Created, edited, deleted. */
	kind: 'c' | 'e' | 'd';
	/** Hash of site and page; {@link NO_KEY} for an event that names no page. */
	page: string;
	/** When it happened by the clock of the site; unix seconds. */
	at: number;
}

/** A change that the site tells of. */
export interface FoundChange extends Change {
	/** Hash of the change with its revision. */
	name: string;
}

export interface Row {
	/** Hash of the delivery ID; {@link NO_KEY} for a change without a delivery. */
	id: string;
	/** Hash of the name of the events, or of the change; {@link NO_KEY} where there is none. */
	name: string;
	/** When it was signed or noted; unix seconds. */
	time: number;
	state: State;
	change?: Change;
}

const KEY_CHARS = 8;
/** Stands where there is no hash; not in the alphabet of hashes. */
export const NO_KEY = '.'.repeat(KEY_CHARS);
const TIME_CHARS = 6;
const EPOCH = Date.UTC(2020, 0, 1) / 1000;
const LAST_SECOND = 36 ** TIME_CHARS - 1;

/** Capital letters where a change follows. */
const CHARS: Readonly<Record<State, string>> = {
	released: '',
	open: 'o',
	done: 'd',
	recovered: 'r',
	settled: 's',
};
const STATES: Readonly<Record<string, State>> = Object.fromEntries(
	Object.entries(CHARS).map(([state, char]) => [char, state as State]),
);
const ROW =
	/([\w.-]{8})([\w.-]{8})([0-9a-z]{6})(?:([odrs])|([ODRS])([ced])([\w.-]{8})([0-9a-z]{6}))/y;

/** The first 48 bits of a hash over all parts, base64url. */
export function hashKey(...parts: Array<string | Buffer>): string {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest('base64url').slice(0, KEY_CHARS);
}

export function writeRow({ id, name, time, state, change }: Row): string {
	const char = CHARS[state];
	// Joined, the parts are one flat string in V8: all rows are read for each record.
	if (change === undefined) return [id, name, writeTime(time), char].join('');
	const { kind, page, at } = change;
	return [id, name, writeTime(time), char.toUpperCase(), kind, page, writeTime(at)].join('');
}

/** Anything but rows, an edited or damaged text, gives none: what is not known runs, marked, and is not lost. */
export function readRows(text: string): Row[] {
	const rows: Row[] = [];
	ROW.lastIndex = 0;
	for (let end = 0; end < text.length; end = ROW.lastIndex) {
		const found = ROW.exec(text);
		if (found === null) return [];
		rows.push(rowOf(found));
	}
	return rows;
}

function rowOf([, id, name, time, plain, char, kind, page, at]: string[]): Row {
	const state = STATES[(plain ?? char!).toLowerCase()]!;
	const row = { id: id!, name: name!, time: readTime(time!), state };
	if (char === undefined) return row;
	return { ...row, change: { kind: kind as Change['kind'], page: page!, at: readTime(at!) } };
}

function writeTime(time: number): string {
	const seconds = Math.min(Math.max(0, Math.floor(time) - EPOCH), LAST_SECOND);
	return seconds.toString(36).padStart(TIME_CHARS, '0');
}

function readTime(text: string): number {
	return EPOCH + Number.parseInt(text, 36);
}

/** A ledger as it is stored. */
export interface StoredLedger {
	/** The process that wrote it: what it wrote itself it need not read. */
	writer: string;
	/** What was signed until then may have been forgotten; unix seconds. */
	forgottenUpTo: number;
	/** Changes until then may have been forgotten; site time, unix seconds. */
	changesForgottenUpTo: number;
	/** From then on nothing of it is needed; unix seconds. */
	keptUntil: number;
	/** What is done, in the order in which that became known: a process that has read the start need not read it again. */
	rows: string;
	/** What may have run. */
	open: string;
}

/**
 * A stored ledger, whatever is found in its place.
 *
 * @param latest unix seconds. Nothing that is still to come can be forgotten: a time that says so is damage, and would
 *   have every delivery until then refused
 */
export function readStoredLedger(found: unknown, latest: number): StoredLedger {
	const stored = (found ?? {}) as Partial<Record<keyof StoredLedger, unknown>>;
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const time = (value: unknown, max: number) =>
		typeof value === 'number' && value <= max ? value : 0;
	return {
		writer: text(stored.writer),
		forgottenUpTo: time(stored.forgottenUpTo, latest),
		changesForgottenUpTo: time(stored.changesForgottenUpTo, latest),
		keptUntil: time(stored.keptUntil, Infinity),
		rows: text(stored.rows),
		open: text(stored.open),
	};
}
