import { randomUUID } from 'node:crypto';

import { BoundedCache, perNode } from '../../memory';
import { Changes, isNear, type Mark, mayBeSame } from './changes';
import { Claim, type Entry, isDone } from './claim';
import {
	type Change,
	type FoundChange,
	NO_KEY,
	readRows,
	type Row,
	type StoredLedger,
	writeRow,
} from './rows';

/** One arrival of a delivery whose sender is proven. */
export interface Arrival {
	/** Hash of the delivery ID. It is not signed: a replay can carry a new one. */
	id: string;
	/** Hash of the name of the events; {@link NO_KEY} where neither the events nor a signature give one. */
	name: string;
	/** The name is made of the IDs that Expert gives its events. */
	isNamedByEvents: boolean;
	/** What a recovery could find as well. */
	changes: Change[];
	/** When it was signed, or arrived; unix seconds. */
	time: number;
	isSigned: boolean;
	/** Signed outside of the allowed window: only what is known may pass, and it starts nothing. */
	isOutsideWindow: boolean;
}

/** What a recovery is told of a change: whether it has come, may be coming, or is missing. */
export type Knowledge = 'known' | 'pending' | 'missing';

/** A change for which the workflow is being started. */
interface Recovery {
	change: Change;
	/** Ms of the monotonic clock: nobody waits for it any longer. */
	until: number;
	/** An event that names no page has asked for it: it stands for one change. */
	isUsedUp: boolean;
}

/** How long a delivery is remembered, unless too many come: late retries are known, and so is what was recovered. */
const KEPT_SECONDS = 24 * 3600;
/** Above so many deliveries, or changes without one, the oldest are evicted. */
export const MAX_ENTRIES = 10_000;
/** Evicting looks at every entry and writes every row: it waits until so many are too much, or so long. */
const MAX_EXCESS = 100;
const EVICTION_INTERVAL_SECONDS = 3600;
/** Rows of the text that newer ones have replaced, at most. */
const MAX_STALE_ROWS = 100;

/**
 * What has come to one trigger node, delivered or recovered.
 *
 * A delivery is known by its ID, and by the name of its events: a replay can have another ID, and a recording can come
 * under the ID of another delivery. What was signed before the newest that was evicted is rejected from then on:
 * nobody could tell it from a replay.
 */
export class Ledger {
	/** Changes until then may have been evicted, though a recovery could find them; site time, unix seconds. */
	changesForgottenUpTo = 0;
	/** Another process has changed the record since this one read it first: it takes deliveries, too. */
	isShared = false;
	private forgottenUpTo = 0;
	private readonly entries = new Set<Entry>();
	/** Those that are not done. */
	private readonly unsettled = new Set<Entry>();
	private readonly byId = new Map<string, Entry>();
	private readonly byName = new Map<string, Entry>();
	private readonly changes = new Changes();
	private readonly recoveries = new Set<Recovery>();
	/** The rows of what is done. It only grows, until an entry is evicted or too much of it is stale. */
	private rows = '';
	private staleRows = 0;
	private newest = 0;
	private evictedAt = 0;
	/** After the last eviction. */
	private keptEntries = 0;
	private readonly writer: string;
	/** What was read of other writers. */
	private readonly read = new BoundedCache<string>({ maxEntries: 8, ttlMs: Infinity });
	private lastRead?: string;

	/** @param writer names this process in the record: what it wrote itself it need not read */
	constructor(writer: string = randomUUID()) {
		this.writer = writer;
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
	 */
	claim(arrival: Arrival): Claim | 'done' | 'in progress' | 'too old' {
		if (this.isTooOld(arrival)) return 'too old';
		const entry = this.find(arrival) ?? this.add(arrival);
		this.noteCopy(entry, arrival);
		if (entry.work !== undefined) return entry.work.isAccepted ? 'done' : 'in progress';
		if (isDone(entry)) return 'done';
		return new Claim(entry, () => this.write(entry));
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

	/** Whether a delivered change was recovered, or is being. An event that names no page uses it up. */
	takeRecovered(change: Change): boolean {
		if (change.page === NO_KEY) return this.useUp(change);
		const isRecovered = this.changes.same(change).some(({ state }) => state === 'recovered');
		return isRecovered || this.recoveryOf(change) !== undefined;
	}

	/** What is known of a change that the site tells of. It uses up an event that names no page. */
	take(change: FoundChange): Knowledge {
		const same = this.known(change);
		if (same.some(isDone)) return 'known';
		const pageless = this.changes.pageless(change);
		const isAtWork = [...same, ...pageless.map(({ entry }) => entry)].some(({ work }) => work);
		if (isAtWork || this.recoveryOf(change) !== undefined) return 'pending';
		const used = pageless.find(({ entry }) => isDone(entry));
		if (used === undefined) return 'missing';
		this.namePage(used, change.page);
		return 'known';
	}

	/** Whether anything is known of a change of this page at this time, two seconds more or less. */
	hasNear(change: Change): boolean {
		return this.changes.near(change).length > 0;
	}

	/** The workflow is being started for a change; after `maxMs` nobody waits for that any longer. */
	recover(change: FoundChange, maxMs: number): Recovery {
		const recovery = { change, until: performance.now() + maxMs, isUsedUp: false };
		this.recoveries.add(recovery);
		return recovery;
	}

	/** n8n could not start the workflow for it. */
	endRecovery(recovery: Recovery): void {
		this.recoveries.delete(recovery);
	}

	/**
	 * What has become of a change without a delivery of this process.
	 *
	 * @param state `done`: it was delivered elsewhere, or is not wanted
	 * @param time unix seconds
	 */
	note(change: FoundChange, state: 'done' | 'recovered' | 'settled', time: number): void {
		const recovery = this.recoveryOf(change);
		if (recovery !== undefined) this.endRecovery(recovery);
		// Of those that name no page, two of one second have one name, and are one: they were not wanted.
		if (this.byName.has(change.name) || this.known(change).some(isDone)) return;
		const { name, ...noted } = change;
		const entry = this.add({ id: NO_KEY, name, time, changes: [noted] });
		entry.state = recovery?.isUsedUp === true ? 'settled' : state;
		this.write(entry);
	}

	/**
	 * Adds what a stored record knows and this process does not. Where processes share the deliveries, each request finds
	 * the record of another one: of that only what was added to it since is read.
	 */
	merge(stored: StoredLedger): void {
		const { writer, rows, open } = stored;
		if (writer === this.writer) return;
		this.noteWriter(stored);
		this.forgottenUpTo = Math.max(this.forgottenUpTo, stored.forgottenUpTo);
		this.changesForgottenUpTo = Math.max(this.changesForgottenUpTo, stored.changesForgottenUpTo);
		const before = this.read.get(writer) ?? '';
		const news = rows.startsWith(before) ? rows.slice(before.length) : rows;
		for (const row of [...readRows(news), ...readRows(open)]) this.addRow(row);
		this.read.set(writer, rows);
	}

	/** What to store. What is in progress is stored as open, never as done. */
	stored(): StoredLedger {
		const { writer, forgottenUpTo, changesForgottenUpTo, rows, newest } = this;
		const open = [...this.unsettled].filter(({ state, work }) => state === 'open' || work);
		return {
			writer,
			forgottenUpTo,
			changesForgottenUpTo,
			keptUntil: newest + KEPT_SECONDS,
			rows,
			open: open.map((entry) => rowsOf({ ...entry, state: 'open' })).join(''),
		};
	}

	/**
	 * Evicts what is too old, and above the limit the oldest: changes that have come without a delivery must not push out
	 * deliveries, which would be rejected from then on. What somebody works on stays.
	 *
	 * @param now unix seconds
	 * @param neededSince a recovery may ask for changes from then on; site time, unix seconds
	 * @param maxDeliveryAgeSeconds what is forgotten within it would have others of that age rejected
	 */
	forget(now: number, neededSince: number, maxDeliveryAgeSeconds: number): void {
		const isSoon = Math.abs(now - this.evictedAt) < EVICTION_INTERVAL_SECONDS;
		const limit = Math.max(MAX_ENTRIES, this.keptEntries) + MAX_EXCESS;
		if (isSoon && this.entries.size <= limit) return;
		this.evictedAt = now;
		const isNeeded = ({ changes }: Entry) => changes.some(({ at }) => at >= neededSince);
		const oldest = now - Math.max(KEPT_SECONDS, maxDeliveryAgeSeconds);
		const isOld = (entry: Entry) => entry.time < oldest && !isNeeded(entry);
		const idle = [...this.entries].filter(({ work }) => work === undefined);
		const deliveries = idle.filter(({ id }) => id !== NO_KEY);
		const others = idle.filter(({ id }) => id === NO_KEY);
		const evicted = new Set([
			...idle.filter(isOld),
			...surplusOf(deliveries),
			...surplusOf(others),
		]);
		for (const entry of evicted) this.evict(entry, neededSince);
		// What no recovery asks for need not be stored with a delivery.
		const passed = deliveries.filter((entry) => !evicted.has(entry) && !isNeeded(entry));
		const narrowed = passed.filter((entry) => this.dropChanges(entry));
		this.keptEntries = this.entries.size;
		if (evicted.size + narrowed.length > 0) this.rewrite();
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

	/** One that is under way and may be of this change. */
	private recoveryOf(change: Change): Recovery | undefined {
		const now = performance.now();
		for (const recovery of this.recoveries) {
			if (recovery.until <= now) this.recoveries.delete(recovery);
			else if (mayBeSame(recovery.change, change)) return recovery;
		}
		return undefined;
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

	private addChange(entry: Entry, change: Change): void {
		entry.changes.push(change);
		this.changes.add(entry, change);
	}

	/** Not done until its rows are written. */
	private add({
		id,
		name,
		time,
		changes = [],
	}: Pick<Arrival, 'id' | 'name' | 'time'> & { changes?: Change[] }): Entry {
		// An ID belongs to what came under it first.
		const isFree = id !== NO_KEY && !this.byId.has(id);
		const entry: Entry = {
			id: isFree || id === NO_KEY ? id : name,
			names: [],
			time,
			changes: [],
			state: 'released',
			wasToldToRetry: false,
		};
		this.entries.add(entry);
		this.unsettled.add(entry);
		this.noteTime(entry, time);
		this.addName(entry, name);
		if (isFree) this.byId.set(id, entry);
		for (const change of changes) this.addChange(entry, change);
		return entry;
	}

	private addRow({ change, ...row }: Row): void {
		const { id, name, time, state } = row;
		// Nobody could find it again: it would be added anew with each reading.
		if (id === NO_KEY && name === NO_KEY) return;
		const entry = this.byName.get(name) ?? this.byId.get(id) ?? this.add(row);
		const before = isDone(entry) ? rowsOf(entry) : '';
		this.addName(entry, name);
		this.noteTime(entry, time);
		if (change !== undefined) this.readChange(entry, change);
		// An event that names no page has used it up.
		if (state === 'settled' && entry.state === 'recovered') entry.state = state;
		// A copy may be being worked on here. Should that fail, it is the row that says it has run.
		if (!isDone(entry)) entry.state = state;
		if (isDone(entry) && rowsOf(entry) !== before) this.write(entry, before === '' ? 0 : 1);
	}

	/** What names a page takes the place of what named none: see {@link namePage}. */
	private readChange(entry: Entry, change: Change): void {
		const { kind, page, at } = change;
		if (hasChange(entry, change)) return;
		const isPageless = (each: Change) =>
			each.kind === kind && each.page === NO_KEY && each.at === at && page !== NO_KEY;
		this.dropChanges(entry, isPageless);
		this.addChange(entry, change);
	}

	/** @returns whether there were any */
	private dropChanges(entry: Entry, isDropped: (change: Change) => boolean = () => true): boolean {
		const dropped = entry.changes.filter(isDropped);
		for (const change of dropped) this.changes.drop(entry, change);
		entry.changes = entry.changes.filter((change) => !dropped.includes(change));
		return dropped.length > 0;
	}

	private evict(entry: Entry, neededSince: number): void {
		this.entries.delete(entry);
		this.unsettled.delete(entry);
		for (const name of entry.names) this.byName.delete(name);
		if (this.byId.get(entry.id) === entry) this.byId.delete(entry.id);
		for (const { at } of entry.changes.filter(({ at }) => at >= neededSince)) {
			this.changesForgottenUpTo = Math.max(this.changesForgottenUpTo, at + 1);
		}
		this.dropChanges(entry);
		if (entry.id !== NO_KEY) this.forgottenUpTo = Math.max(this.forgottenUpTo, entry.time);
	}

	/**
	 * What is known of a change that the site tells of. A delivered edit is told by page and time, a recovered one by its
	 * revision as well: two edits can be a second apart.
	 */
	private known(change: FoundChange): Entry[] {
		const isThis = ({ id, state, names }: Entry) =>
			change.kind !== 'e' || id !== NO_KEY || state === 'done' || names.includes(change.name);
		return this.changes.same(change).filter(isThis);
	}

	/** The event named no page; the site has told which one it was. */
	private namePage({ entry, change }: Mark, page: string): void {
		this.dropChanges(entry, (each) => each === change);
		this.addChange(entry, { ...change, page });
		this.write(entry, 1);
	}

	/** An event that names no page stands for one recovered change near it; `false` when there is none. */
	private useUp(change: Change): boolean {
		const recovered = [...this.entries].find(
			({ state, changes }) => state === 'recovered' && changes.some((each) => isNear(each, change)),
		);
		if (recovered !== undefined) {
			recovered.state = 'settled';
			this.write(recovered, 1);
			return true;
		}
		const recovery = this.recoveryOf(change);
		if (recovery === undefined || recovery.isUsedUp) return false;
		recovery.isUsedUp = true;
		return true;
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
		this.rows = [...this.entries].filter(isDone).map(rowsOf).join('');
	}

	/** The first record that is read may be that of an earlier process, and the same again is no news. */
	private noteWriter({ writer, rows, open }: StoredLedger): void {
		if (writer === '') return;
		const read = `${writer} ${rows.length} ${rows.slice(-23)} ${open}`;
		this.isShared ||= this.lastRead !== undefined && this.lastRead !== read;
		this.lastRead = read;
	}
}

/** What this process knows of the deliveries to a node. One that is being worked with is not evicted. */
export const ledgerOf = perNode(() => new Ledger(), { isPinned: ({ isBusy }) => isBusy });

/** The oldest above the limit. */
function surplusOf(entries: Entry[]): Entry[] {
	const surplus = Math.max(0, entries.length - MAX_ENTRIES);
	return surplus === 0 ? [] : entries.sort((a, b) => a.time - b.time).slice(0, surplus);
}

function rowsOf({ id, names, time, state, changes }: Entry): string {
	const [first = NO_KEY, ...others] = names;
	const row = { id, name: first, time, state };
	const own = changes.length === 0 ? [row] : changes.map((change) => ({ ...row, change }));
	return [...own, ...others.map((name) => ({ ...row, name }))].map(writeRow).join('');
}

function hasChange({ changes }: Entry, { kind, page, at }: Change): boolean {
	return changes.some((each) => each.kind === kind && each.page === page && each.at === at);
}
