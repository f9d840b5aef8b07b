import { createHash, randomUUID } from 'node:crypto';

import { KEY_WIDTH, NO_SIGNATURE, readRows, type StoredRecord, writeRow } from './record';
import { TextBlocks } from './text-blocks';

/**
 * Remembers deliveries in two phases, as the best gateways do: claimed while a delivery is being
 * worked on, done when its execution is stored (and the record that says so), released when not.
 *
 * A delivery is known by its id, which is the same when Expert retries, and by its signature
 * (time and body), because the id is not signed: a replay can carry a new one.
 */
export class DeliveryMemory {
	private readonly byKey = new Map<string, Entry>();
	/** Oldest first. */
	private readonly entries = new TextBlocks<Entry>(textOf);
	private forgottenUpTo = 0;

	private readonly writer: string;

	/** @param writer names this process in the stored record */
	constructor(writer: string = WRITER) {
		this.writer = writer;
	}

	/** Adds what a stored record knows and this process does not. */
	merge(record: StoredRecord): void {
		if (record.writer === this.writer) return;
		this.forgottenUpTo = Math.max(this.forgottenUpTo, record.forgottenUpTo);
		for (const row of readRows(record.rows)) {
			const entry = this.byKey.get(row.id) ?? this.byKey.get(row.signature);
			const known = entry ?? this.add(row.id, row.done ? 'done' : 'interrupted', row.time);
			if (known.state === 'interrupted' && row.done) known.state = 'done';
			this.link(known, row.signature === NO_SIGNATURE ? [] : [row.signature], row.time);
		}
	}

	/** Whether one of these keys names a delivery whose execution is stored. */
	isDone(keys: string[]): boolean {
		return keys.map((key) => this.byKey.get(key)).some((entry) => entry && hasRun(entry));
	}

	/** Whether a delivery that was signed then may have been forgotten. */
	mayHaveForgotten(signedAt: number): boolean {
		return Math.floor(signedAt / 1000) <= this.forgottenUpTo;
	}

	/**
	 * Claims a delivery, or tells what became of its first copy. Look-up and claim are one step
	 * without any `await`, so two copies in one process cannot both pass.
	 */
	claim({ id, signatures, time }: Sighting): Verdict {
		const known = [id, ...signatures].map((key) => this.byKey.get(key)).find(Boolean);
		const entry = known ?? this.add(id, 'claimed', time);
		// Also for a copy: its new signature could be replayed under an id that is not known.
		this.link(entry, signatures, time);
		if (known?.state === 'done') return { kind: 'done' };
		if (known && isInProgress(known)) return { kind: 'in progress', settled: settlementOf(entry) };
		const mayHaveRun = known?.state === 'interrupted';
		entry.state = 'claimed';
		return { kind: 'claimed', claim: this.claimOf(entry, mayHaveRun), mayHaveRun };
	}

	/**
	 * Forgets what is too old or too much. What is being worked on stays, and so does what was
	 * signed only just now: its second may still bring deliveries that were never seen.
	 */
	forgetOld(now: number, rememberFor: number, rememberAtMost: number): void {
		const seconds = Math.floor(now / 1000);
		const expired = seconds - rememberFor / 1000;
		for (const entry of this.entries) {
			if (this.entries.size <= rememberAtMost && entry.time >= expired) return;
			// Goes on behind them: one that is signed anew again and again must not keep the rest.
			if (isInProgress(entry) || entry.time > seconds - JUST_NOW) continue;
			this.forgottenUpTo = Math.max(this.forgottenUpTo, entry.time);
			this.forget(entry);
		}
	}

	/** The record to store. What is still in progress is stored as claimed, never as done. */
	record(): StoredRecord {
		const { writer, forgottenUpTo, entries } = this;
		return { writer, forgottenUpTo, rows: entries.text };
	}

	get size(): number {
		return this.entries.size;
	}

	private add(id: string, state: Entry['state'], time: number): Entry {
		const entry: Entry = { id, signatures: [], time, state, settlement: undefined };
		this.entries.add(entry);
		this.byKey.set(id, entry);
		return entry;
	}

	/** Only the first signature is stored: a look-up tries those of all secrets. */
	private link(entry: Entry, [signature]: string[], time: number): void {
		this.entries.changed(entry);
		if (signature === undefined || this.byKey.has(signature)) return;
		if (entry.signatures.length >= MOST_SIGNATURES) return;
		entry.signatures.push(signature);
		this.byKey.set(signature, entry);
		entry.time = Math.max(entry.time, time);
	}

	/** Each step is taken once: a late call must not touch the claim of the next copy. */
	private claimOf(entry: Entry, mayHaveRun: boolean): Claim {
		let step: 'claimed' | 'storing' | 'over' = 'claimed';
		const advance = (from: typeof step, to: typeof step, act: (entry: Entry) => void) => {
			const advances = step === from;
			if (advances) {
				act(entry);
				this.entries.changed(entry);
				step = to;
			}
			return advances;
		};
		const written = () => advance('claimed', 'over', finish);
		const storing = () => void advance('claimed', 'storing', keep);
		const done = () => {
			storing();
			advance('storing', 'over', finish);
		};
		const undo = mayHaveRun ? interrupt : (known: Entry) => this.forget(known);
		const release = () => {
			const isReleased = advance('claimed', 'over', undo);
			advance('storing', 'over', finish);
			return isReleased;
		};
		return { written, storing, done, release };
	}

	private forget(entry: Entry): void {
		this.entries.delete(entry);
		for (const key of [entry.id, ...entry.signatures]) {
			if (this.byKey.get(key) === entry) this.byKey.delete(key);
		}
		settle(entry);
	}
}

/** One arrival of a delivery. `signatures` are all that we would accept, the stored one first. */
export interface Sighting {
	id: string;
	signatures: string[];
	/** Signed time, or the time of arrival; unix seconds. */
	time: number;
}

/** The right to run a delivery, and what becomes of it. Calls that come too late do nothing. */
export interface Claim {
	/** The execution is stored and will run. @returns false when more is known by now */
	written(): boolean;
	/**
	 * The execution is stored, and the record is about to be: it says "done" from here on, but a copy
	 * waits, or it could be told so and n8n stop before that is written anywhere.
	 */
	storing(): void;
	/** The record is stored, too. */
	done(): void;
	/** It was not stored. @returns false when it is too late to take it back */
	release(): boolean;
}

export type Verdict =
	| { kind: 'claimed'; claim: Claim; /** Claimed by a process that is gone. */ mayHaveRun: boolean }
	| { kind: 'in progress'; settled: Promise<void> }
	| { kind: 'done' };

interface Entry {
	id: string;
	signatures: string[];
	time: number;
	/** `interrupted`: claimed by an earlier process, so nobody knows whether it ran. */
	state: 'claimed' | 'storing' | 'done' | 'interrupted';
	/** The end of the claim that is being worked on; made when somebody waits for it. */
	settlement: Settlement | undefined;
}

interface Settlement {
	promise: Promise<void>;
	settle: () => void;
}

const WRITER = randomUUID();
/** A retried delivery has a signature for each try; the vendor's number of tries is not known. */
const MOST_SIGNATURES = 32;
/** Seconds. Timestamps are whole seconds, and copies of one second overtake each other. */
const JUST_NOW = 10;

/** The key of a delivery id: the first 48 bits of its hash. */
export function idKey(deliveryId: string): string {
	return createHash('sha256').update(deliveryId).digest('base64url').slice(0, KEY_WIDTH);
}

/** The key of a signature: its first 48 bits. */
export function signatureKey(signature: Buffer): string {
	return signature.subarray(0, 6).toString('base64url');
}

function isInProgress({ state }: Entry): boolean {
	return state === 'claimed' || state === 'storing';
}

function hasRun({ state }: Entry): boolean {
	return state === 'storing' || state === 'done';
}

function keep(entry: Entry): void {
	entry.state = 'storing';
}

function finish(entry: Entry): void {
	entry.state = 'done';
	settle(entry);
}

/** A try that did not succeed changes nothing about what an earlier process may have done. */
function interrupt(entry: Entry): void {
	entry.state = 'interrupted';
	settle(entry);
}

function settlementOf(entry: Entry): Promise<void> {
	if (entry.settlement === undefined) {
		let settle = () => {};
		const promise = new Promise<void>((resolve) => (settle = resolve));
		entry.settlement = { promise, settle };
	}
	return entry.settlement.promise;
}

function settle(entry: Entry): void {
	entry.settlement?.settle();
	entry.settlement = undefined;
}

function textOf(entry: Entry): string {
	const { id, signatures, time } = entry;
	const done = hasRun(entry);
	return (signatures.length > 0 ? signatures : [NO_SIGNATURE])
		.map((signature) => writeRow({ id, signature, time, done }))
		.join('');
}
