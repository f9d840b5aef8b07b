import type { ComingChange } from './known-changes';
import type { State } from './rows';

/** What the ledger knows of one delivery. */
export interface Entry {
	id: string;
	/** Several if its events have no ID: each newly signed retry has another name. */
	names: string[];
	/** When last signed, or received; unix seconds. */
	time: number;
	state: State;
	/** Expert was told to retry, so only n8n's confirmation may lead to 200. */
	wasToldToRetry: boolean;
	/** Set while the delivery is in progress. */
	work?: Work;
}

interface Work {
	/** n8n has begun to write the execution. */
	isWritten: boolean;
	/** Expert was told 200. */
	isAccepted: boolean;
	/** Settles when copies need not wait any more. */
	settled: Promise<void>;
	settle: () => void;
}

function newWork(): Work {
	let settle = () => {};
	const settled = new Promise<void>((resolve) => (settle = resolve));
	return { isWritten: false, isAccepted: false, settled, settle };
}

export function isDone({ state }: Pick<Entry, 'state'>): boolean {
	return state === 'done';
}

/**
 * The right to run a delivery, and its outcome. Late calls do nothing: the entry may already belong
 * to the next copy's claim. Done means confirmed by n8n, or nothing left to save; what may have
 * been written is never released.
 */
export class Claim {
	/** An earlier attempt may have run, so the item is marked. */
	readonly mayHaveRun: boolean;
	private readonly entry: Entry;
	private readonly work: Work;
	private readonly onDone: () => void;
	private readonly changes: ComingChange[];

	/** @param changes brought by the delivery; they share its outcome */
	constructor(entry: Entry, changes: ComingChange[], onDone: () => void) {
		this.entry = entry;
		this.changes = changes;
		this.onDone = onDone;
		this.mayHaveRun = entry.state === 'open';
		this.work = newWork();
		entry.work = this.work;
	}

	/** Neither saved and recorded, nor failed. */
	get isOpen(): boolean {
		return this.entry.work === this.work;
	}

	/** Expert was told 200 before n8n got the items, as the workflow author chose. */
	accept(): void {
		if (!this.isUndecided) return;
		this.work.isAccepted = true;
		this.entry.state = 'open';
		this.work.settle();
	}

	writing(): void {
		if (!this.isUndecided) return;
		this.work.isWritten = true;
		this.entry.state = 'open';
	}

	/** Allows 200 unconfirmed if n8n has begun to write, and Expert was not told to retry. */
	presumePersisted(): boolean {
		const { isWritten, isAccepted } = this.work;
		if (!this.isUndecided || !isWritten || isAccepted) return false;
		if (this.entry.wasToldToRetry) return false;
		this.accept();
		return true;
	}

	/** Copies wait until the record is saved, too. @returns whether it must be written */
	confirm(): boolean {
		if (!this.isUndecided) return false;
		this.entry.state = 'done';
		for (const change of this.changes) change.hasCome();
		this.onDone();
		return true;
	}

	/** n8n has saved the record with this delivery in it, or has tried to. */
	recorded(): void {
		if (this.isOpen && isDone(this.entry)) this.end();
	}

	/** n8n could not save or start it. @returns whether it may have been saved nevertheless */
	fail(): boolean {
		if (!this.isOpen) return false;
		for (const change of this.changes) change.hasFailed();
		this.end();
		const { isWritten, isAccepted } = this.work;
		return !isDone(this.entry) && (isWritten || isAccepted);
	}

	private get isUndecided(): boolean {
		return this.isOpen && !isDone(this.entry);
	}

	private end(): void {
		delete this.entry.work;
		this.work.settle();
	}
}
