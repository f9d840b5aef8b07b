/**
 * What is known of a delivery.
 *
 * - `claimed`: n8n was given it and has written nothing yet, as far as we know
 * - `reclaimed`: the same, but an earlier attempt may have run
 * - `persisting`: n8n has begun to write the execution and has not confirmed it
 * - `presumedPersisted`: the same, and Expert was told 200 because n8n takes its time to confirm; or it
 *   waits to be given to n8n, and Expert was told 200 because the workflow author has chosen so
 * - `persisted`: n8n has confirmed the execution; the record that says so is about to be saved
 * - `done`: both are saved
 * - `interrupted`: nobody works on it, and it may have run: the next copy runs and is marked
 * - `released`: nobody works on it, and it has not run: the next copy runs
 */
export type State =
	| 'claimed'
	| 'reclaimed'
	| 'persisting'
	| 'presumedPersisted'
	| 'persisted'
	| 'done'
	| 'interrupted'
	| 'released';

/**
 * What happens to a claim: Expert is told 200 before n8n was given anything, n8n begins to write the
 * execution, we tell Expert 200 before n8n has confirmed it, n8n confirms it, n8n has saved the record,
 * n8n reports a failure.
 */
type Transition = 'accepted' | 'writing' | 'presumed' | 'confirmed' | 'recorded' | 'failed';

/**
 * Only what is confirmed leads to `done`, by n8n or because nothing is left to save: its changes were
 * recovered, or Expert was told 200 before. Nothing that may be written is ever released.
 */
const TRANSITIONS: Readonly<Record<State, Partial<Record<Transition, State>>>> = {
	claimed: {
		accepted: 'presumedPersisted',
		writing: 'persisting',
		confirmed: 'persisted',
		failed: 'released',
	},
	reclaimed: {
		accepted: 'presumedPersisted',
		writing: 'persisting',
		confirmed: 'persisted',
		failed: 'interrupted',
	},
	persisting: { presumed: 'presumedPersisted', confirmed: 'persisted', failed: 'interrupted' },
	presumedPersisted: { confirmed: 'persisted', failed: 'interrupted' },
	persisted: { recorded: 'done', failed: 'done' },
	done: {},
	interrupted: {},
	released: {},
};

/** Somebody works on it, and a copy has to wait for the end. */
export function isInProgress(state: State): boolean {
	return ['claimed', 'reclaimed', 'persisting', 'persisted'].includes(state);
}

/** Expert was told 200, or may be. */
export function isAccepted(state: State): boolean {
	return state === 'done' || state === 'presumedPersisted';
}

/** n8n has confirmed the execution. */
export function isConfirmed(state: State): boolean {
	return state === 'persisted' || state === 'done';
}

/** What claims change in a delivery. */
export interface Claimable {
	state: State;
	/** Expert was told to retry. From then on only n8n's confirmation may tell it 200. */
	wasToldToRetry: boolean;
	/** Called when the state is one that a copy need not wait for. */
	waiting: Array<() => void>;
}

/** The right to run a delivery, and what becomes of it. Calls that come too late do nothing. */
export class Claim {
	/** An earlier attempt may have run: the item is marked. */
	readonly mayHaveRun: boolean;
	private readonly delivery: Claimable;
	/** The delivery may belong to the claim of the next copy by then. */
	private isOver = false;

	constructor(delivery: Claimable) {
		this.delivery = delivery;
		this.mayHaveRun = delivery.state === 'interrupted';
		delivery.state = this.mayHaveRun ? 'reclaimed' : 'claimed';
	}

	/** Expert is told 200 before n8n was given anything: the workflow author has chosen so. */
	accept(): void {
		this.advance('accepted');
	}

	/** n8n has begun to write the execution. */
	writing(): void {
		this.advance('writing');
	}

	/**
	 * Expert is to be told 200 although n8n has not confirmed the execution.
	 *
	 * @returns false when that must not be: n8n has not begun to write, or Expert was told to retry
	 */
	presumePersisted(): boolean {
		return !this.delivery.wasToldToRetry && this.advance('presumed');
	}

	/** n8n has neither saved the execution and the record of it nor failed. */
	get isOpen(): boolean {
		return !this.isOver;
	}

	/**
	 * n8n has confirmed that the execution is saved. A copy waits until the record is saved, too.
	 *
	 * @returns whether that is news: then the record is to be written
	 */
	confirm(): boolean {
		return this.advance('confirmed');
	}

	/** n8n has saved the record with this delivery in it, or has tried to. */
	recorded(): void {
		this.advance('recorded');
	}

	/**
	 * n8n could not save or start the execution.
	 *
	 * @returns whether it may have saved it all the same
	 */
	fail(): boolean {
		const { state } = this.delivery;
		return this.advance('failed') && (state === 'persisting' || state === 'presumedPersisted');
	}

	/** Expert was told to retry. The work goes on: the retry finds what became of it. */
	toldToRetry(): void {
		if (!this.isOver) this.delivery.wasToldToRetry = true;
	}

	private advance(transition: Transition): boolean {
		const next = this.isOver ? undefined : TRANSITIONS[this.delivery.state][transition];
		if (next === undefined) return false;
		this.delivery.state = next;
		this.isOver = Object.keys(TRANSITIONS[next]).length === 0;
		if (!isInProgress(next)) for (const call of this.delivery.waiting.splice(0)) call();
		return true;
	}
}
