import type { ComingChange } from './known-changes';
import type { Row } from './rows';

/*
 * The states of a delivery, and what moves it on.
 *
 * In progress:
 * - `claimed`: n8n has not begun to write its execution
 * - `toldToRetry`: the same, and a sender was told to retry: only n8n's confirmation may lead to 200
 * - `written`: n8n has written the execution, and has yet to commit it
 * - `unsure`: written after a sender was told to retry, or an earlier try may have run: only n8n's
 *   confirmation may lead to 200
 * - `presumed`: Expert got 200 for a written execution that n8n has yet to confirm
 * - `saved`: n8n has confirmed the execution, and has yet to save the record
 *
 * Otherwise:
 * - `new`: has not come before
 * - `released`: has not run, and its sender was told to retry. Not stored
 * - `open`: may have run; the next copy runs, marked `redelivered`
 * - `done`: has run
 *
 * A copy that comes now gets 200 (`done`), or it runs, or it waits: until its deadline, for 503. The
 * columns are what happens: a copy claims the delivery; n8n has written the execution; a sender
 * is told to retry; we presume that n8n has saved it; n8n confirms that, has saved the record, or
 * fails; another process has stored it as `open` or `done`. Where a cell is missing, nothing changes.
 */
// prettier-ignore
const STATES: Readonly<Record<State, { copy: Copy } & Partial<Record<Happening, State>>>> = {
	new:         { copy: 'runs', claim: 'claimed', open: 'open', done: 'done' },
	claimed:     { copy: 'waits', write: 'written', retry: 'toldToRetry', confirm: 'saved', fail: 'released', open: 'unsure', done: 'saved' },
	toldToRetry: { copy: 'waits', write: 'unsure', confirm: 'saved', fail: 'released', open: 'unsure', done: 'saved' },
	written:     { copy: 'waits', retry: 'unsure', presume: 'presumed', confirm: 'saved', fail: 'open', done: 'saved' },
	unsure:      { copy: 'waits', confirm: 'saved', fail: 'open', done: 'saved' },
	// Confirming leads to `done`, not `saved`: copies that stopped waiting would wait again, endlessly.
	presumed:    { copy: 'done', confirm: 'done', fail: 'open', done: 'done' },
	saved:       { copy: 'waits', record: 'done', fail: 'done' },
	released:    { copy: 'runs', claim: 'toldToRetry', open: 'open', done: 'done' },
	open:        { copy: 'runs', claim: 'unsure', done: 'done' },
	done:        { copy: 'done' },
};

type State =
	| 'new'
	| 'claimed'
	| 'toldToRetry'
	| 'written'
	| 'unsure'
	| 'presumed'
	| 'saved'
	| 'released'
	| 'open'
	| 'done';
type Copy = 'runs' | 'waits' | 'done';
type Happening = 'claim' | 'write' | 'retry' | 'presume' | 'confirm' | 'record' | 'fail' | Row['state'];

/** What the ledger knows of one delivery. */
export interface Entry {
	id: string;
	/** An entry has several names if its events have no ID: each newly signed retry has another name. */
	names: string[];
	/** When it was last signed, or received if unsigned; unix seconds. */
	time: number;
	state: State;
	/** Set while the delivery is in progress. */
	claim?: Claim;
}

/** What happens to a copy that arrives now. */
export function copyOutcome({ state }: Entry): Copy {
	return STATES[state].copy;
}

/** Whether n8n has confirmed the execution, here or to another process. */
export function hasRun({ state }: Entry): boolean {
	return state === 'saved' || state === 'done';
}

/** @returns the new state, if anything changes */
export function move(entry: Entry, happening: Happening): State | undefined {
	const next = STATES[entry.state][happening];
	if (next === undefined) return undefined;
	entry.state = next;
	const { claim } = entry;
	const isOver = copyOutcome(entry) === 'runs' || next === 'done';
	if (isOver) delete entry.claim;
	if (copyOutcome(entry) !== 'waits') claim?.settle();
	return next;
}

/** The right to run a delivery. Late calls do nothing: the entry may already belong to the next copy's claim. */
export class Claim {
	/** An earlier try may have run, so the item is marked. */
	readonly redelivered: boolean;
	/** Resolves as soon as a copy gets 200 or runs, so that it need not wait. */
	readonly settled: Promise<void>;
	settle = () => {};
	private readonly entry: Entry;
	private readonly changes: ComingChange[];
	private readonly onConfirmed: () => void;

	/** @param changes brought by the delivery; they share its outcome */
	constructor(entry: Entry, changes: ComingChange[], onConfirmed: () => void) {
		this.entry = entry;
		this.changes = changes;
		this.onConfirmed = onConfirmed;
		this.settled = new Promise((resolve) => (this.settle = resolve));
		this.redelivered = move(entry, 'claim') === 'unsure';
		entry.claim = this;
	}

	/** n8n has written the execution, and has yet to commit it. */
	written(): void {
		this.move('write');
	}

	/** A sender of this delivery was told to retry. */
	toldToRetry(): void {
		this.move('retry');
	}

	/** @returns whether Expert may get 200 for an execution that n8n has written and not confirmed */
	presume(): boolean {
		return this.move('presume') !== undefined;
	}

	/** n8n has saved the execution. @returns whether that is news, so that the record must be written */
	confirmed(): boolean {
		if (this.move('confirm') === undefined) return false;
		for (const change of this.changes) change.hasCome();
		this.onConfirmed();
		return true;
	}

	/** n8n has saved the record with this delivery in it, or has tried to. */
	recorded(): void {
		this.move('record');
	}

	/** n8n could not save or start it. @returns whether it may have been saved nevertheless */
	failed(): boolean {
		const next = this.move('fail');
		if (next !== undefined) for (const change of this.changes) change.hasFailed();
		return next === 'open';
	}

	private move(happening: Happening): State | undefined {
		return this.entry.claim === this ? move(this.entry, happening) : undefined;
	}
}
