import { randomUUID } from 'node:crypto';

import { hashKey, KEY_CHARS, NO_KEY, readTime, TIME_CHARS, writeTime } from '../record-columns';
import { type ChangeName, keyOf, type Letter, RECOVERABLE } from './change-key';

/** What became of a change: delivered, recovered, or recovered and asked for by an event without a page. */
type Fate = 'd' | 'r' | 'u';

interface Row {
	letter: Letter;
	fate: Fate;
	/** Key of the subject; {@link NO_KEY} for an event that names none. */
	subject: string;
	/** Site time of the change, unix seconds. */
	at: number;
	/** When it was noted, unix seconds. */
	notedAt: number;
	/** As it is stored, written once. */
	text: string;
}

/** Known changes as they are stored. */
export interface StoredChanges {
	/** Who wrote it: what it wrote itself it need not read. */
	writer: string;
	known: string;
}

/** How much is kept. */
export interface KeptSince {
	/** From when on changes are still looked for, unix ms: see `windowStart` in gap.ts. */
	windowStart: number;
	/** The present, unix ms. */
	now: number;
}

const MAX_CHANGES = 10_000;
/** How long a recovered change is kept: Expert may deliver it after all, after a bulk import for example. */
const KEEP_SECONDS = 24 * 3600;
/** By how much an event without a page and the change that it is about may differ in time. */
const THIN_SECONDS = 2;
/** The same for a page that was deleted: it may be deleted again later. */
const DELETION_SECONDS = 60;
/** Evicting looks at every row: deliveries that come together leave that to one a second. */
const EVICTION_INTERVAL_MS = 1000;
/** Above the limit they wait no longer than for so many. */
const MAX_EXCESS = 100;
const ROW_CHARS = 2 + KEY_CHARS + 2 * TIME_CHARS;

/** A change that n8n was given, as long as nobody knows what became of it. */
interface Pending {
	way: 'delivered' | 'recovered';
	/** Whether that is still so. */
	isOpen: () => boolean;
	/** An event without a page has asked for it: it stands for one change. */
	isUsedUp?: boolean;
}

/** What a recovery is told of a change: whether it has come, may be coming, or is missing. */
export type Knowledge = 'known' | 'pending' | 'missing';

/**
 * The changes that have come, delivered or recovered, so that none comes in both ways.
 *
 * A delivery is dropped only when its change was recovered; a change is recovered only when it was
 * neither delivered nor recovered. Two genuine deliveries never meet here.
 */
export class KnownChanges {
	/** By letter and subject. */
	private readonly rows = new Map<string, Row[]>();
	private count = 0;
	/** The rows as they are stored, which each delivery asks for; absent once a row has gone or changed. */
	private text: string | undefined = '';
	private evicted: KeptSince = { windowStart: -Infinity, now: -Infinity };
	/** By key. */
	private readonly pending = new Map<string, Pending & { change: ChangeName }>();
	private readonly writer: string;
	private lastRead = '';
	private forgotten = -Infinity;

	constructor(writer: string = randomUUID()) {
		this.writer = writer;
	}

	/**
	 * Up to here changes were dropped that a recovery could look for: nobody knows any more which of them
	 * have come. Unix ms.
	 */
	get forgottenUntil(): number {
		return this.forgotten;
	}

	/** Whether the change of a delivery was recovered, or is being. An event without a page uses it up. */
	takeRecovered(change: ChangeName): boolean {
		if (change.subject === undefined) return this.useUp(change);
		const isRecovered = this.same(change).some(({ fate }) => fate !== 'd');
		return isRecovered || this.pendingLike(change, 'recovered') !== undefined;
	}

	/**
	 * What is known of a change that the site tells of. It uses up an event without a page.
	 *
	 * @param now unix ms
	 */
	take(change: ChangeName, now: number): Knowledge {
		if (this.same(change).length > 0) return 'known';
		if (this.pendingLike(change) !== undefined) return 'pending';
		const thin = this.rows.get(slot(change.letter, NO_KEY)) ?? [];
		const near = thin.find((row) => isNear(row, change));
		if (near === undefined) return 'missing';
		this.remove(near);
		this.noteDelivered(change, now);
		return 'known';
	}

	/** n8n was given the change. */
	begin(change: ChangeName, pending: Pending): void {
		this.pending.set(keyOf(change), { ...pending, change });
	}

	/** n8n has stored the execution of a delivery. @param now unix ms */
	noteDelivered(change: ChangeName, now: number): void {
		this.note(change, 'd', now);
	}

	/** The same of a recovery. @param now unix ms */
	noteRecovered(change: ChangeName, now: number): void {
		this.note(change, 'r', now);
	}

	/**
	 * Drops what nobody asks for any more, and above the limit what is asked for least, the oldest first.
	 * What a recovery may look for stays longest, however long ago it was delivered. At most once a second.
	 */
	evict({ windowStart, now }: KeptSince): void {
		const { evicted } = this;
		// A clock can be set back.
		const isSoon = (ms: number) => Math.abs(ms) < EVICTION_INTERVAL_MS;
		const isSameSecond = isSoon(now - evicted.now) && isSoon(windowStart - evicted.windowStart);
		if (isSameSecond && this.count <= MAX_CHANGES + MAX_EXCESS) return;
		this.evicted = { windowStart, now };
		for (const [key, { isOpen }] of this.pending) if (!isOpen()) this.pending.delete(key);
		const mayBeLookedFor = ({ at }: Row) => at * 1000 >= windowStart;
		const mayBeDelivered = ({ fate, notedAt }: Row) =>
			fate !== 'd' && notedAt >= now / 1000 - KEEP_SECONDS;
		for (const row of this.all()) {
			if (!mayBeLookedFor(row) && !mayBeDelivered(row)) this.remove(row);
		}
		if (this.count <= MAX_CHANGES) return;
		// A recovery goes from old to new: what is dropped of what it may look for lies behind it.
		const age = (row: Row) => (mayBeLookedFor(row) ? row.at : 0);
		const leastFirst = this.all().sort((a, b) => age(a) - age(b) || a.notedAt - b.notedAt);
		for (const row of leastFirst.slice(0, this.count - MAX_CHANGES)) {
			if (mayBeLookedFor(row)) this.forget((row.at + 1) * 1000);
			this.remove(row);
		}
	}

	/** Adds what is stored and not known here. */
	merge({ writer, known }: StoredChanges): void {
		if (writer === this.writer || known === this.lastRead) return;
		this.lastRead = known;
		const rows = readRows(known);
		for (const row of rows) {
			const same = this.inSlot(row).find(({ at }) => at === row.at);
			if (same === undefined) this.add(row);
		}
		// So many only where some were dropped, maybe of the second of the oldest.
		if (rows.length >= MAX_CHANGES) this.forget((Math.min(...rows.map(({ at }) => at)) + 1) * 1000);
	}

	/** Forgets all: these were the changes of another site. */
	clear(): void {
		this.rows.clear();
		this.pending.clear();
		this.count = 0;
		this.text = '';
		this.lastRead = '';
		this.forgotten = -Infinity;
	}

	/** What to store: only what n8n has confirmed. */
	stored(): StoredChanges {
		this.text ??= storedText(this.all());
		return { writer: this.writer, known: this.text };
	}

	/** An event without a page stands for one recovered change near it; `false` when there is none. */
	private useUp(change: ChangeName): boolean {
		const row = this.all().find((row) => row.fate === 'r' && isNear(row, change));
		if (row !== undefined) {
			setFate(row, 'u');
			this.text = undefined;
			return true;
		}
		const pending = this.pendingLike(change, 'recovered');
		if (pending === undefined || pending.isUsedUp === true) return false;
		pending.isUsedUp = true;
		return true;
	}

	private note(change: ChangeName, fate: Fate, now: number): void {
		const key = keyOf(change);
		const isUsedUp = this.pending.get(key)?.isUsedUp === true;
		this.pending.delete(key);
		if (this.same(change).length > 0) return;
		this.add(rowOf(change, isUsedUp ? 'u' : fate, now));
	}

	private forget(until: number): void {
		this.forgotten = Math.max(this.forgotten, until);
	}

	/** One that may be the same change. */
	private pendingLike(change: ChangeName, way?: Pending['way']): Pending | undefined {
		return [...this.pending.values()].find(
			(pending) =>
				(way === undefined || pending.way === way) &&
				isLike(pending.change, change) &&
				pending.isOpen(),
		);
	}

	/** Rows of the same change. */
	private same({ letter, subject, at }: ChangeName): Row[] {
		if (subject === undefined) return [];
		const rows = this.rows.get(slot(letter, hashKey(subject))) ?? [];
		return letter === 'd' ? rows.filter((row) => isWithin(row.at, at, DELETION_SECONDS)) : rows;
	}

	private all(): Row[] {
		return [...this.rows.values()].flat();
	}

	private inSlot({ letter, subject }: Row): Row[] {
		return this.rows.get(slot(letter, subject)) ?? [];
	}

	private add(row: Row): void {
		const rows = this.rows.get(slot(row.letter, row.subject));
		if (rows === undefined) this.rows.set(slot(row.letter, row.subject), [row]);
		else rows.push(row);
		this.count++;
		if (this.text !== undefined) this.text += row.text;
	}

	private remove(row: Row): void {
		const rows = this.inSlot(row);
		rows.splice(rows.indexOf(row), 1);
		if (rows.length === 0) this.rows.delete(slot(row.letter, row.subject));
		this.count--;
		this.text = undefined;
	}
}

/** Stored changes, whatever is found in their place. */
export function readStoredChanges(stored: unknown): StoredChanges {
	const { writer, known } = (stored ?? {}) as Partial<StoredChanges>;
	return {
		writer: typeof writer === 'string' ? writer : '',
		known: typeof known === 'string' ? known : '',
	};
}

function slot(letter: Letter, subject: string): string {
	return letter + subject;
}

function isNear(row: Row, { letter, at }: ChangeName): boolean {
	return row.letter === letter && isWithin(row.at, at, THIN_SECONDS);
}

/** Told as rows are: without a page by the time, and a page can be deleted more than once. */
function isLike({ letter, subject, at }: ChangeName, other: ChangeName): boolean {
	if (letter !== other.letter) return false;
	const second = Math.floor(at / 1000);
	if (subject === undefined || other.subject === undefined)
		return isWithin(second, other.at, THIN_SECONDS);
	if (subject !== other.subject) return false;
	return letter !== 'd' || isWithin(second, other.at, DELETION_SECONDS);
}

/** @param second unix seconds @param at unix ms */
function isWithin(second: number, at: number, seconds: number): boolean {
	return Math.abs(second - Math.floor(at / 1000)) <= seconds;
}

function rowOf({ letter, subject, at }: ChangeName, fate: Fate, now: number): Row {
	const hash = subject === undefined ? NO_KEY : hashKey(subject);
	const [second, notedAt] = [Math.floor(at / 1000), Math.floor(now / 1000)];
	return withText({ letter, fate, subject: hash, at: second, notedAt });
}

function storedText(rows: Row[]): string {
	return rows.map(({ text }) => text).join('');
}

function setFate(row: Row, fate: Fate): void {
	Object.assign(row, withText({ ...row, fate }));
}

function withText(row: Omit<Row, 'text'>): Row {
	const { letter, fate, subject, at, notedAt } = row;
	return { ...row, text: [letter, fate, subject, writeTime(at), writeTime(notedAt)].join('') };
}

/** Reads rows; anything that is not a record (an edited or damaged one) gives none. */
function readRows(rows: string): Row[] {
	if (rows.length % ROW_CHARS !== 0) return [];
	return Array.from({ length: rows.length / ROW_CHARS }, (_, index) =>
		readRow(rows.slice(index * ROW_CHARS, (index + 1) * ROW_CHARS)),
	).flat();
}

/** None for a damaged one: what is not known may come twice, but is not lost. */
function readRow(row: string): Row[] {
	const [letter = '', fate = ''] = row;
	if (!Object.hasOwn(RECOVERABLE, letter) || !'dru'.includes(fate)) return [];
	const times = row.slice(2 + KEY_CHARS);
	return [
		withText({
			letter: letter as Letter,
			fate: fate as Fate,
			subject: row.slice(2, 2 + KEY_CHARS),
			at: readTime(times.slice(0, TIME_CHARS)),
			notedAt: readTime(times.slice(TIME_CHARS)),
		}),
	];
}
