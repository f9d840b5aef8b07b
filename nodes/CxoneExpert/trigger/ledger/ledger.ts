import { randomUUID } from 'node:crypto';

import { perNode } from '../../memory';
import { Claim, type Entry, isDone } from './claim';
import type { ComingChange } from './known-changes';
import { NewRows, NO_KEY, readRows, type Row, type StoredRecord, writeRow } from './rows';

/** One arrival of a delivery whose sender is proven. */
export interface Arrival {
	/** Hash of the delivery ID. It is not signed: a replay can carry a new one. */
	id: string;
	/** Hash of the name of the events; {@link NO_KEY} where neither the events nor a signature give one. */
	name: string;
	/** The name is made of the IDs that Expert gives its events. */
	isNamedByEvents: boolean;
	/** When it was signed, or arrived; unix seconds. */
	time: number;
	isSigned: boolean;
	/** Signed outside of the allowed window: only what is known may pass, and it starts nothing. */
	isOutsideWindow: boolean;
}

/** How long a delivery is remembered, unless too many come: late retries are known. */
const KEPT_SECONDS = 24 * 3600;
/** Above so many the oldest are evicted. */
export const MAX_ENTRIES = 10_000;
/** Evicting looks at every entry and writes every row: it waits until so many are too much, or so long. */
const MAX_EXCESS = 100;
const EVICTION_INTERVAL_SECONDS = 3600;
/** Rows of the text that newer ones have replaced, at most. */
const MAX_STALE_ROWS = 100;

/**
 * The deliveries that have come to one trigger node.
 *
 * A delivery is known by its ID, and by the name of its events: a replay can have another ID, and a recording can come
 * under the ID of another delivery. What was signed before the newest that was evicted is rejected from then on:
 * nobody could tell it from a replay.
 */
export class Ledger {
	/** Another process has changed the record since this one read it first: it takes deliveries, too. */
	isShared = false;
	private forgottenUpTo = 0;
	private readonly entries = new Set<Entry>();
	/** Those that are not done. */
	private readonly unsettled = new Set<Entry>();
	private readonly byId = new Map<string, Entry>();
	private readonly byName = new Map<string, Entry>();
	/** The rows of what is done. It only grows, until an entry is evicted or too much of it is stale. */
	private rows = '';
	private staleRows = 0;
	private newest = 0;
	private evictedAt = 0;
	private readonly writer: string;
	private readonly newRows = new NewRows();
	private lastRead?: string;

	/** @param writer names this process in the record: what it wrote itself it need not read */
	constructor(writer: string = randomUUID()) {
		this.writer = writer;
	}

	/** Whether this process has written a record. */
	wrote({ writer }: StoredRecord): boolean {
		return writer === this.writer;
	}

	/** Nothing has come to this process, and nothing is stored. */
	get isEmpty(): boolean {
		return this.entries.size === 0 && this.forgottenUpTo === 0;
	}

	/** Somebody works on a delivery. */
	get isBusy(): boolean {
		return [...this.unsettled].some(({ work }) => work !== undefined);
	}

	/** Too old to be told from a replay, and not known. */
	isTooOld(arrival: Arrival): boolean {
		const known = this.find(arrival);
		if (known !== undefined && (isDone(known) || known.work !== undefined)) return false;
		if (arrival.isOutsideWindow) return true;
		const mayBeForgotten = arrival.isSigned && arrival.time <= this.forgottenUpTo;
		return mayBeForgotten && !this.byName.has(arrival.name);
	}

	/**
	 * Claims a delivery, or tells what became of its first copy. Look-up and claim are one step without an `await`, so
	 * two copies in one process cannot both pass.
	 *
	 * @param bring gives the changes that the delivery tells of; called for a claim only
	 */
	claim(
		arrival: Arrival,
		bring: () => ComingChange[] = () => [],
	): Claim | 'done' | 'in progress' | 'too old' {
		if (this.isTooOld(arrival)) return 'too old';
		const entry = this.find(arrival) ?? this.add(arrival);
		this.noteCopy(entry, arrival);
		if (entry.work !== undefined) return entry.work.isAccepted ? 'done' : 'in progress';
		if (isDone(entry)) return 'done';
		return new Claim(entry, bring(), () => this.write(entry));
	}

	/** Settles when nobody works on the first copy any more, or Expert was told that it is accepted. */
	async whenSettled(arrival: Arrival): Promise<void> {
		await this.find(arrival)?.work?.settled;
	}

	/** The sender of it, or of a copy, was told to retry. Work on it goes on: the retry finds what became of it. */
	noteRetry(arrival: Arrival): void {
		const known = this.find(arrival);
		if (known !== undefined) known.wasToldToRetry = true;
	}

	/**
	 * Adds what a stored record knows and this process does not. Where processes share the deliveries, each request finds
	 * the record of another one: of that only what was added to it since is read.
	 */
	merge(stored: StoredRecord): void {
		if (this.wrote(stored)) return;
		const { writer, rows, open } = stored;
		this.noteWriter(stored);
		this.forgottenUpTo = Math.max(this.forgottenUpTo, stored.forgottenUpTo);
		const added = this.newRows.in(rows, writer);
		for (const row of [...readRows(added), ...readRows(open)]) this.addRow(row);
	}

	/** What to store. What is in progress is stored as open, never as done. */
	stored(): Omit<StoredRecord, 'changes' | 'changesForgottenUpTo'> {
		const { writer, forgottenUpTo, rows, newest } = this;
		const open = [...this.unsettled].filter(({ state, work }) => state === 'open' || work);
		return {
			writer,
			forgottenUpTo,
			keptUntil: newest + KEPT_SECONDS,
			rows,
			open: open.map((entry) => rowsOf(entry, 'open')).join(''),
		};
	}

	/**
	 * Evicts what is too old, and above the limit the oldest. What somebody works on stays.
	 *
	 * @param now unix seconds
	 * @param maxDeliveryAgeSeconds what is forgotten within it would have others of that age rejected
	 */
	forget(now: number, maxDeliveryAgeSeconds: number): void {
		const isSoon = Math.abs(now - this.evictedAt) < EVICTION_INTERVAL_SECONDS;
		if (isSoon && this.entries.size <= MAX_ENTRIES + MAX_EXCESS) return;
		this.evictedAt = now;
		const oldest = now - Math.max(KEPT_SECONDS, maxDeliveryAgeSeconds);
		const idle = [...this.entries].filter(({ work }) => work === undefined);
		const surplus = Math.max(0, this.entries.size - MAX_ENTRIES);
		const evicted = idle
			.sort((a, b) => a.time - b.time)
			.filter(({ time }, index) => time < oldest || index < surplus);
		for (const entry of evicted) this.evict(entry);
		if (evicted.length > 0) this.rewrite();
	}

	/**
	 * By the name first. Under an ID that has not run, another event is another delivery: one of the two may be a
	 * recording under a wrong ID, and both have to run.
	 */
	private find({ id, name, isNamedByEvents }: Arrival): Entry | undefined {
		const known = this.byName.get(name);
		if (known !== undefined) return known;
		const sameId = this.byId.get(id);
		return sameId === undefined || (isNamedByEvents && !isDone(sameId)) ? undefined : sameId;
	}

	/** What came under the ID of another event leaves no trace: the event itself may still come. */
	private noteCopy(entry: Entry, { name, time, isNamedByEvents }: Arrival): void {
		const isOther = name !== NO_KEY && !entry.names.includes(name);
		if (isOther ? isNamedByEvents : time <= entry.time) return;
		if (isOther) this.addName(entry, name);
		this.noteTime(entry, time);
		if (isDone(entry)) this.write(entry, 1);
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

	/** Not done until its rows are written. */
	private add({ id, name, time }: Pick<Arrival, 'id' | 'name' | 'time'>): Entry {
		// An ID belongs to what came under it first.
		const isFree = id !== NO_KEY && !this.byId.has(id);
		const entry: Entry = {
			id: isFree ? id : name,
			names: [],
			time,
			state: 'released',
			wasToldToRetry: false,
		};
		this.entries.add(entry);
		this.unsettled.add(entry);
		this.noteTime(entry, time);
		this.addName(entry, name);
		if (isFree) this.byId.set(id, entry);
		return entry;
	}

	private addRow(row: Row): void {
		const { id, name, time, state } = row;
		// Nobody could find it again: it would be added anew with each reading.
		if (id === NO_KEY && name === NO_KEY) return;
		const entry = this.byName.get(name) ?? this.byId.get(id) ?? this.add(row);
		const before = isDone(entry) ? rowsOf(entry) : '';
		this.addName(entry, name);
		this.noteTime(entry, time);
		// A copy may be being worked on here. Should that fail, it is the row that says it has run.
		if (!isDone(entry)) entry.state = state;
		if (isDone(entry) && rowsOf(entry) !== before) this.write(entry, before === '' ? 0 : 1);
	}

	private evict(entry: Entry): void {
		this.entries.delete(entry);
		this.unsettled.delete(entry);
		for (const name of entry.names) this.byName.delete(name);
		if (this.byId.get(entry.id) === entry) this.byId.delete(entry.id);
		this.forgottenUpTo = Math.max(this.forgottenUpTo, entry.time);
	}

	/** Adds the rows of what is done. @param stale how many older ones of it the text holds */
	private write(entry: Entry, stale = 0): void {
		this.unsettled.delete(entry);
		this.staleRows += stale;
		if (this.staleRows > MAX_STALE_ROWS) this.rewrite();
		else this.rows += rowsOf(entry);
	}

	private rewrite(): void {
		this.staleRows = 0;
		this.rows = [...this.entries]
			.filter(isDone)
			.map((entry) => rowsOf(entry))
			.join('');
	}

	/** The first record that is read may be that of an earlier process, and the same again is no news. */
	private noteWriter({ writer, rows, open }: StoredRecord): void {
		if (writer === '') return;
		const read = `${writer} ${rows.length} ${rows.slice(-23)} ${open}`;
		this.isShared ||= this.lastRead !== undefined && this.lastRead !== read;
		this.lastRead = read;
	}
}

/** What this process knows of the deliveries to a node. One that is being worked with is not evicted. */
export const ledgerOf = perNode(() => new Ledger(), { isPinned: ({ isBusy }) => isBusy });

function rowsOf(
	{ id, names: [first = NO_KEY, ...others], time }: Entry,
	state: Row['state'] = 'done',
) {
	return [first, ...others].map((name) => writeRow({ id, name, time, state })).join('');
}
