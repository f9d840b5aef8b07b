import { randomUUID } from 'node:crypto';

import { BoundedCache } from '../../../shared/bounded-cache';
import { Claim, type Claimable, isAccepted, isConfirmed, isInProgress, type State } from './claim';
import { hashKey, NO_KEY } from '../../record-columns';
import { MAX_CLOCK_SKEW_SECONDS } from '../../../shared/signature';
import {
	isDamaged,
	type Row,
	ROW_CHARS,
	rowsInCommon,
	rowsToRead,
	type StoredRecord,
	writeRow,
} from './record-format';

/** One arrival of a delivery whose sender is proven. */
export interface Attempt {
	/** Key of the delivery id. It is not signed: a replay can carry a new one. */
	id: string;
	/** Key of the signed message; absent when signatures are not verified. */
	message?: string;
	/** Signed time, or the time of arrival; unix seconds. */
	time: number;
	/** The signed time is outside the window: only what is known may pass, and it starts nothing. */
	isOutsideWindow: boolean;
}

/** What becomes of an attempt. `in progress`: a first copy is being worked on. */
export type StoreResult =
	| { kind: 'claimed'; claim: Claim }
	| { kind: 'in progress'; settled: Promise<void>; toldToRetry: () => void }
	| { kind: 'done' }
	| { kind: 'too old' };

/** How much is remembered. */
export interface Limits {
	rememberForSeconds: number;
	/** Attempts. Above it, those that are older than `maxAgeSeconds` are evicted. */
	maxRemembered: number;
	/** How long a captured delivery could be replayed if it were evicted. */
	maxAgeSeconds: number;
}

/** Times `maxRemembered`: the most that is kept of what is younger than the allowed age. */
const MAX_GROWTH_FACTOR = 5;

const DAY_MS = 24 * 3_600_000;

interface Delivery extends Claimable {
	id: string;
	attempts: number;
}

/** One attempt as it is remembered. */
interface RememberedAttempt {
	delivery: Delivery;
	message: string;
	time: number;
	/** Its rows in the record, written once: the record is made for each delivery. */
	openRow: string;
	doneRow: string;
}

/**
 * The deliveries of one trigger node that this process knows, by id and by signed message.
 *
 * They are evicted one attempt at a time, the oldest signed time first, whatever the order in which
 * they came. What was signed before the newest evicted one is rejected from then on: nobody could
 * tell it from a replay.
 */
export class DeliveryStore {
	private readonly byKey = new Map<string, Delivery>();
	/** Oldest time first. */
	private readonly attempts: RememberedAttempt[] = [];
	/** Newest signed time of what was evicted, unix seconds. */
	private evictedUpTo = 0;
	private readonly writer: string;
	/** What tells the last record of another writer from an older one. */
	private lastRead?: string;
	private hasReadNews = false;
	/** Rows that were added from the last record of each other writer. */
	private readonly added = new BoundedCache<string>({ maxEntries: 8, ttlMs: DAY_MS });

	/** @param writer names this store in the record: what it wrote itself it need not read */
	constructor(writer: string = randomUUID()) {
		this.writer = writer;
	}

	/**
	 * Adds what a stored record knows and this process does not. Where processes share the deliveries,
	 * each request finds the record of another one: what was added before is not read again, unless it is
	 * still open or may have been evicted here.
	 */
	merge({ writer, forgottenUpTo, rows }: StoredRecord): void {
		if (writer === this.writer) return;
		this.noteWriter(writer, rows);
		this.evictedUpTo = Math.max(this.evictedUpTo, forgottenUpTo);
		if (isDamaged(rows)) return;
		let added = rows.length / ROW_CHARS;
		const count = rowsInCommon(rows, this.added.get(writer) ?? '');
		for (const row of rowsToRead(rows, { count, evictedUpTo: this.evictedUpTo })) {
			const state = this.addRow(row);
			// A copy is being worked on here. Should that fail, it is the row that says it has run.
			if (row.isDone && state !== 'done') added = Math.min(added, row.index);
		}
		this.added.set(writer, rows.slice(0, added * ROW_CHARS));
	}

	/** Another writer has changed the record since this store read one first: both are at work. */
	get isShared(): boolean {
		return this.hasReadNews;
	}

	/** Too old to be told from a replay, and not known. */
	isTooOldToVerify(attempt: Attempt): boolean {
		if (!attempt.isOutsideWindow && !this.mayHaveBeenEvicted(attempt)) return false;
		const state = this.find(attempt)?.state;
		return state === undefined || !(isAccepted(state) || isInProgress(state));
	}

	/**
	 * Claims a delivery, or tells what became of its first copy. Look-up and claim are one step
	 * without any `await`, so two copies in one process cannot both pass.
	 */
	claim(attempt: Attempt): StoreResult {
		if (this.isTooOldToVerify(attempt)) return { kind: 'too old' };
		const delivery = this.find(attempt) ?? this.add(attempt.id, 'released');
		// Also for a copy: its message could be replayed under an id that is not known. Not for what is
		// evicted: it would count as known from then on.
		if (!this.mayHaveBeenEvicted(attempt)) {
			this.remember(delivery, attempt.message ?? NO_KEY, attempt.time);
		}
		if (isAccepted(delivery.state)) return { kind: 'done' };
		if (!isInProgress(delivery.state)) return { kind: 'claimed', claim: new Claim(delivery) };
		return {
			kind: 'in progress',
			settled: new Promise((resolve) => delivery.waiting.push(resolve)),
			toldToRetry: () => (delivery.wasToldToRetry = true),
		};
	}

	/**
	 * Evicts what is too old or too much. What is being worked on stays.
	 *
	 * @param now unix seconds by the clock that is furthest behind: a clock that jumps ahead must not
	 *   make anything look old
	 * @param latest the same by the clock that is furthest ahead
	 */
	evict(now: number, latest: number, limits: Limits): void {
		const { rememberForSeconds, maxRemembered, maxAgeSeconds } = limits;
		this.evictFuture(latest + MAX_CLOCK_SKEW_SECONDS, maxRemembered);
		const isTooMuch = (time: number, count: number) =>
			time < now - rememberForSeconds ||
			(count > maxRemembered && time < now - maxAgeSeconds) ||
			count > maxRemembered * MAX_GROWTH_FACTOR;
		for (let at = 0; at < this.attempts.length; ) {
			const attempt = this.attempts[at]!;
			if (!isTooMuch(attempt.time, this.attempts.length)) return;
			if (isEvictable(attempt)) {
				this.evictedUpTo = Math.max(this.evictedUpTo, attempt.time);
				this.drop(at);
			} else at++;
		}
	}

	/** The record to store. What is still in progress is stored as open, never as done. */
	record({ rememberForSeconds }: Pick<Limits, 'rememberForSeconds'>): StoredRecord {
		const { writer, evictedUpTo, attempts } = this;
		const stored = attempts.filter(({ delivery }) => delivery.state !== 'released');
		return {
			writer,
			forgottenUpTo: evictedUpTo,
			expiresAt: (attempts.at(-1)?.time ?? 0) + rememberForSeconds,
			rows: stored.map(rowOf).join(''),
		};
	}

	/** All of it is in the stored record: nothing is lost when this object is. */
	get isSettled(): boolean {
		return this.attempts.every(({ delivery: { state } }) => state === 'done');
	}

	/** The first record that is read may be that of an earlier process, and the same again is no news. */
	private noteWriter(writer: string, rows: string): void {
		if (writer === '') return;
		const read = `${writer} ${rows.length} ${rows.slice(-ROW_CHARS)}`;
		this.hasReadNews ||= this.lastRead !== undefined && this.lastRead !== read;
		this.lastRead = read;
	}

	/** @returns what is known of the delivery now */
	private addRow({ id, message, time, isDone }: Row): State {
		const delivery = this.find({ id, message }) ?? this.add(id, 'released');
		const isOpen = delivery.state === 'released' || delivery.state === 'interrupted';
		if (isOpen) delivery.state = isDone ? 'done' : 'interrupted';
		this.remember(delivery, message, time);
		return delivery.state;
	}

	/** A message that is known is not evicted, whatever became of it. */
	private mayHaveBeenEvicted({ message, time }: Attempt): boolean {
		return message !== undefined && time <= this.evictedUpTo && !this.byKey.has(message);
	}

	/** By the message first: it is signed, the id could be that of any other delivery. */
	private find({ id, message }: Pick<Attempt, 'id' | 'message'>): Delivery | undefined {
		const known = message === undefined ? undefined : this.byKey.get(message);
		return known ?? this.byKey.get(id);
	}

	private add(id: string, state: State): Delivery {
		const delivery = { id, state, wasToldToRetry: false, waiting: [], attempts: 0 };
		this.byKey.set(id, delivery);
		return delivery;
	}

	private remember(delivery: Delivery, message: string, time: number): void {
		const isKnown = message === NO_KEY ? delivery.attempts > 0 : this.byKey.has(message);
		if (isKnown) return;
		if (message !== NO_KEY) this.byKey.set(message, delivery);
		delivery.attempts++;
		const row = { id: delivery.id, message, time };
		const openRow = writeRow({ ...row, isDone: false });
		const doneRow = writeRow({ ...row, isDone: true });
		let at = this.attempts.length;
		while (at > 0 && this.attempts[at - 1]!.time > time) at--;
		this.attempts.splice(at, 0, { delivery, message, time, openRow, doneRow });
	}

	/**
	 * Above the limit, what came by a wrong clock goes first: it must not push out the rest. A signed
	 * time is the site's: where it is ahead, our clock may be behind, and it stays.
	 */
	private evictFuture(latest: number, maxRemembered: number): void {
		for (let at = this.attempts.length - 1; at >= maxRemembered; at--) {
			const attempt = this.attempts[at]!;
			if (attempt.time <= latest) return;
			if (attempt.message !== NO_KEY || !isEvictable(attempt)) continue;
			this.drop(at);
			this.added.clear(); // Another process may know it all the same.
		}
	}

	private drop(at: number): void {
		const [{ delivery, message }] = this.attempts.splice(at, 1) as [RememberedAttempt];
		if (this.byKey.get(message) === delivery) this.byKey.delete(message);
		delivery.attempts--;
		if (delivery.attempts === 0) this.byKey.delete(delivery.id);
	}
}

/** The key of a delivery id. */
export function idKey(deliveryId: string): string {
	return hashKey(deliveryId);
}

/**
 * The key of a signed message, timestamp and body. It is the same whichever secret has signed it, so
 * that a change of secrets, taken back or not, makes no known delivery new.
 */
export function messageKey(timestamp: string, body: Buffer): string {
	return hashKey(`${timestamp}.`, body);
}

function isEvictable({ delivery: { state } }: RememberedAttempt): boolean {
	return !isInProgress(state) && state !== 'presumedPersisted';
}

function rowOf({ delivery, openRow, doneRow }: RememberedAttempt): string {
	return isConfirmed(delivery.state) ? doneRow : openRow;
}
