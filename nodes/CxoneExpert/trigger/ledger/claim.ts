import type { ComingChange } from './known-changes';
import type { State } from './rows';

/** What the ledger knows of one delivery. */
export interface Entry {
	id: string;
	/** Several for a delivery whose events have no id: each retry that is signed anew has another name. */
	names: string[];
	/** When it was signed last, or arrived; unix seconds. */
	time: number;
	state: State;
	/** Expert was told to retry. From then on only n8n's confirmation may tell it 200. */
	wasToldToRetry: boolean;
	/** Somebody works on it. */
	work?: Work;
}

interface Work {
	/** n8n has begun to write the execution. */
	isWritten: boolean;
	/** Expert was told 200. */
	isAccepted: boolean;
	/** Settles when a copy need not wait any more. */
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
 * The right to run a delivery, and what becomes of it. Calls that come too late do nothing: the entry may belong to
 * the claim of the next copy by then.
 *
 * Only what is confirmed is done, by n8n or because nothing is left to save. Nothing that may be written is released.
 */
export class Claim {
	/** An earlier attempt may have run: the item is marked. */
	readonly mayHaveRun: boolean;
	private readonly entry: Entry;
	private readonly work: Work;
	private readonly onDone: () => void;
	private readonly changes: ComingChange[];

	/**
	 * @param changes that the delivery tells of: what becomes of it becomes of them
	 * @param onDone called when the entry is done
	 */
	constructor(entry: Entry, changes: ComingChange[], onDone: () => void) {
		this.entry = entry;
		this.changes = changes;
		this.onDone = onDone;
		this.mayHaveRun = entry.state === 'open';
		this.work = newWork();
		entry.work = this.work;
	}

	/** n8n has neither saved the execution and the record of it nor failed. */
	get isOpen(): boolean {
		return this.entry.work === this.work;
	}

	/** Expert is told 200 before n8n was given anything: the workflow author has chosen so. */
	accept(): void {
		if (!this.isUndecided) return;
		this.work.isAccepted = true;
		this.entry.state = 'open';
		this.work.settle();
	}

	/** n8n has begun to write the execution. */
	writing(): void {
		if (!this.isUndecided) return;
		this.work.isWritten = true;
		this.entry.state = 'open';
	}

	/**
	 * Expert is to be told 200 although n8n has not confirmed the execution.
	 *
	 * @returns false when that must not be: n8n has not begun to write, or Expert was told to retry
	 */
	presumePersisted(): boolean {
		const { isWritten, isAccepted } = this.work;
		if (!this.isUndecided || !isWritten || isAccepted) return false;
		if (this.entry.wasToldToRetry) return false;
		this.accept();
		return true;
	}

	/**
	 * n8n has confirmed that the execution is saved. A copy waits until the record is saved, too.
	 *
	 * @returns whether that is news: then the record is to be written
	 */
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

	/**
	 * n8n could not save or start the execution.
	 *
	 * @returns whether it may have saved it all the same
	 */
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
