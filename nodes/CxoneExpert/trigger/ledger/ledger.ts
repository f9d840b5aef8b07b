import { randomUUID } from 'node:crypto';

import { perNode } from '../../memory';
import { MAX_DELIVERIES, MAX_EXCESS_ROWS } from './bounds';
import { Claim, copyOutcome, type Entry, hasRun, move } from './claim';
import type { ComingChange } from './known-changes';
import { NewRows, NO_KEY, readRows, type Row, type StoredRecord, writeRow } from './rows';

/** One authenticated arrival of a delivery. */
export interface Arrival {
	/** Hash of the delivery ID, which is not signed: a replay can carry a new one. */
	id: string;
	/** Hash of the events' names; {@link NO_KEY} if neither they nor a signature give one. */
	name: string;
	/** The name consists of Expert's event IDs. */
	isNamedByEvents: boolean;
	/** When it was signed, or received if unsigned; unix seconds. */
	time: number;
	isSigned: boolean;
	/** It was signed outside the allowed window: it passes only if known, and starts nothing. */
	isOutsideWindow: boolean;
}

/** How long to remember deliveries, within the limit of their number, to recognise late retries. */
const KEPT_SECONDS = 24 * 3600;
const EVICTION_INTERVAL_SECONDS = 3600;
/** Outdated rows in the text before it is rewritten. */
const MAX_STALE_ROWS = 100;

/**
 * Deliveries that one trigger node has received, known by ID and by the names of their events: a replay can have
 * another ID, and a recording another delivery's ID. An unknown delivery that was signed before the newest evicted one
 * may have run, and is marked.
 */
export class Ledger {
	/** Another process has changed the record since our first read, so it receives deliveries, too. */
	isShared = false;
	private forgottenUpTo = 0;
	private readonly entries = new Set<Entry>();
	/** Entries of which n8n has not confirmed that they have run. */
	private readonly unconfirmed = new Set<Entry>();
	private readonly byId = new Map<string, Entry>();
	private readonly byName = new Map<string, Entry>();
	/**
	 * Rows of deliveries that have run. The text only grows until an eviction, or until it has too many outdated rows.
	 */
	private rows = '';
	private staleRows = 0;
	private newest = 0;
	private evictedAt = 0;
	private readonly writer: string;
	private readonly maxEntries: number;
	private readonly newRows = new NewRows();
	private lastRead?: string;

	/** @param writer names this process in the record, to skip its own rows */
	constructor(writer: string = randomUUID(), maxEntries = MAX_DELIVERIES) {
		this.writer = writer;
		this.maxEntries = maxEntries;
	}

	wrote({ writer }: StoredRecord): boolean {
		return writer === this.writer;
	}

	get isEmpty(): boolean {
		return this.entries.size === 0 && this.forgottenUpTo === 0;
	}

	get isInProgress(): boolean {
		return [...this.unconfirmed].some(({ claim }) => claim !== undefined);
	}

	/** Whether it may be a replay: it was signed outside the window, and is neither done nor in progress. */
	isTooOld(arrival: Arrival): boolean {
		const known = this.find(arrival);
		return arrival.isOutsideWindow && (known === undefined || copyOutcome(known) === 'runs');
	}

	/**
	 * Claims a delivery, or returns the outcome of its first copy. Calls `bring` for a claim only. An
	 * `await` between look-up and claim would let two copies pass.
	 */
	claim(arrival: Arrival, bring: () => ComingChange[] = () => []): Claim | 'done' | 'waits' | 'too old' {
		if (this.isTooOld(arrival)) return 'too old';
		const mayBeForgotten = arrival.time <= this.forgottenUpTo && !this.byName.has(arrival.name);
		const entry = this.find(arrival) ?? this.add(arrival);
		this.noteCopy(entry, arrival);
		const copy = copyOutcome(entry);
		if (copy !== 'runs') return copy;
		if (mayBeForgotten) move(entry, 'open');
		return new Claim(entry, bring(), () => this.addRows(entry));
	}

	/** The claim of the copy in progress, if any. */
	claimOf(arrival: Arrival): Claim | undefined {
		return this.find(arrival)?.claim;
	}

	/** Adds what only the stored record knows. Skips what it has read before of another process's record. */
	merge(stored: StoredRecord): void {
		if (this.wrote(stored)) return;
		const { writer, rows, open } = stored;
		this.noteWriter(stored);
		this.forgottenUpTo = Math.max(this.forgottenUpTo, stored.forgottenUpTo);
		const added = this.newRows.in(rows, writer);
		for (const row of [...readRows(added), ...readRows(open)]) this.addRow(row);
	}

	/** The record to store. Deliveries in progress are stored as open, never as done. */
	stored(): Omit<StoredRecord, 'changes'> {
		const { writer, forgottenUpTo, rows, newest } = this;
		const open = [...this.unconfirmed].filter(({ state }) => state !== 'released');
		return {
			writer,
			forgottenUpTo,
			keptUntil: newest + KEPT_SECONDS,
			rows,
			open: open.map((entry) => writeRows(entry, 'open')).join(''),
		};
	}

	/**
	 * Evicts old entries, and the oldest beyond the limit, but none in progress.
	 *
	 * @param now unix seconds
	 * @param maxDeliveryAgeSeconds younger ones are kept, to recognise their copies
	 */
	forget(now: number, maxDeliveryAgeSeconds: number): void {
		const isSoon = Math.abs(now - this.evictedAt) < EVICTION_INTERVAL_SECONDS;
		if (isSoon && this.entries.size <= this.maxEntries + MAX_EXCESS_ROWS) return;
		this.evictedAt = now;
		const oldest = now - Math.max(KEPT_SECONDS, maxDeliveryAgeSeconds);
		const idle = [...this.entries].filter(({ claim }) => claim === undefined);
		// Count idle entries only. Otherwise a backlog in progress would push out deliveries that have just ended.
		const surplus = Math.max(0, idle.length - this.maxEntries);
		const evicted = idle.sort((a, b) => a.time - b.time).filter(({ time }, index) => time < oldest || index < surplus);
		for (const entry of evicted) this.evict(entry);
		if (evicted.length > 0) this.rewrite();
	}

	/**
	 * Finds an entry by name first. If the ID is known but has not run, another event under it is another delivery:
	 * either may be a recording under a wrong ID, so both must run.
	 */
	private find({ id, name, isNamedByEvents }: Arrival): Entry | undefined {
		const known = this.byName.get(name);
		if (known !== undefined) return known;
		const sameId = this.byId.get(id);
		return sameId === undefined || (isNamedByEvents && !hasRun(sameId)) ? undefined : sameId;
	}

	/** Ignores another event under the same ID: its own delivery may still arrive. */
	private noteCopy(entry: Entry, { name, time, isNamedByEvents }: Arrival): void {
		const isOther = name !== NO_KEY && !entry.names.includes(name);
		if (isOther ? isNamedByEvents : time <= entry.time) return;
		if (isOther) this.addName(entry, name);
		this.noteTime(entry, time);
		if (hasRun(entry)) this.addRows(entry, 1);
	}

	private noteTime(entry: Entry, time: number): void {
		entry.time = Math.max(entry.time, time);
		this.newest = Math.max(this.newest, time);
	}

	private addName(entry: Entry, name: string): void {
		if (name === NO_KEY || this.byName.has(name)) return;
		entry.names.push(name);
		this.byName.set(name, entry);
	}

	private add({ id, name, time }: Pick<Arrival, 'id' | 'name' | 'time'>): Entry {
		// An ID belongs to the delivery that had it first.
		const isFree = id !== NO_KEY && !this.byId.has(id);
		const entry: Entry = { id: isFree ? id : name, names: [], time, state: 'new' };
		this.entries.add(entry);
		this.unconfirmed.add(entry);
		this.noteTime(entry, time);
		this.addName(entry, name);
		if (isFree) this.byId.set(id, entry);
		return entry;
	}

	private addRow(row: Row): void {
		const { id, name, time, state } = row;
		// Skip a row without a key: nothing would find it, so each read would add it again.
		if (id === NO_KEY && name === NO_KEY) return;
		const entry = this.byName.get(name) ?? this.byId.get(id) ?? this.add(row);
		const before = hasRun(entry) ? writeRows(entry) : '';
		this.addName(entry, name);
		this.noteTime(entry, time);
		move(entry, state);
		if (hasRun(entry) && writeRows(entry) !== before) this.addRows(entry, before === '' ? 0 : 1);
	}

	private evict(entry: Entry): void {
		this.entries.delete(entry);
		this.unconfirmed.delete(entry);
		for (const name of entry.names) this.byName.delete(name);
		if (this.byId.get(entry.id) === entry) this.byId.delete(entry.id);
		this.forgottenUpTo = Math.max(this.forgottenUpTo, entry.time);
	}

	/**
	 * Adds the rows of an entry that has run.
	 *
	 * @param stale how many of its rows in the text they replace
	 */
	private addRows(entry: Entry, stale = 0): void {
		this.unconfirmed.delete(entry);
		this.staleRows += stale;
		if (this.staleRows > MAX_STALE_ROWS) this.rewrite();
		else this.rows += writeRows(entry);
	}

	private rewrite(): void {
		this.staleRows = 0;
		this.rows = [...this.entries]
			.filter(hasRun)
			.map((entry) => writeRows(entry))
			.join('');
	}

	/**
	 * Notices that another process writes the record. Ignores the first record, as an earlier process may have written
	 * it, and unchanged ones.
	 */
	private noteWriter({ writer, rows, open }: StoredRecord): void {
		if (writer === '') return;
		const read = `${writer} ${rows.length} ${rows.slice(-23)} ${open}`;
		this.isShared ||= this.lastRead !== undefined && this.lastRead !== read;
		this.lastRead = read;
	}
}

/** A ledger is not evicted while a delivery is in progress. */
export const ledgerOf = perNode(() => new Ledger(), { isPinned: ({ isInProgress }) => isInProgress });

function writeRows({ id, names: [first = NO_KEY, ...others], time }: Entry, state: Row['state'] = 'done') {
	return [first, ...others].map((name) => writeRow({ id, name, time, state })).join('');
}
