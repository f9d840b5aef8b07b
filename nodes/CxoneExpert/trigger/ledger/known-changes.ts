import { HOUR_MS } from '../../durations';
import { type Change, meetingKeys, nameOf } from '../../event/change';
import { perNode } from '../../memory';
import { MAX_KNOWN_CHANGES, MAX_EXCESS_ROWS, MAX_STORED_CHANGES } from './bounds';
import { CHANGE_ROW_CHARS, hashKey, NewRows, readChangeRows, type StoredRecord, writeChangeRow } from './rows';

const FORGET_EVERY_MS = HOUR_MS;
/** An execution may queue this long before it counts as lost: old n8n reports no failed save. */
const MAX_COMING_MS = HOUR_MS;

export type Knowledge = 'known' | 'coming' | 'missing';

/** Two events of one action are at most this far apart. */
const NEAR_SECONDS = 2;

interface Known {
	/** Site time, unix seconds. */
	at: number;
	/** The change counts as coming until then; ms of the monotonic clock. Absent once it has come. */
	comingUntil?: number;
}

/** A change for which n8n was given an execution. */
export interface ComingChange {
	/** n8n has saved the execution. */
	hasCome(): void;
	/** n8n could not save the execution: the change may be recovered. */
	hasFailed(): void;
}

/**
 * Page changes that one trigger node has received. They save recovery from starting executions that would pass nothing
 * on. n8n's store decides that (execution/marks.ts), so evicting a change here costs executions only.
 *
 * Delivered changes are known by page and time, recovered ones by name, because two edits can be a second apart.
 */
export class KnownChanges {
	private readonly known = new Map<string, Known>();
	/** Rows of changes that have come. The text only grows until the next eviction. */
	private rows = '';
	private readonly newRows = new NewRows();
	private forgotAt = -Infinity;
	/** Number of changes after the last eviction. */
	private kept = 0;
	private readonly maxStored: number;

	/** @param maxStored how many of the newest changes are stored */
	constructor(maxStored = MAX_STORED_CHANGES) {
		this.maxStored = maxStored;
	}

	get isEmpty(): boolean {
		return this.rows === '';
	}

	/** n8n is saving a delivery of the change. */
	deliver(site: string, change: Change): ComingChange {
		// No time limit is needed, because each claim ends.
		return this.expect(this.deliveredKey(site, change), change, Infinity);
	}

	/**
	 * The change was delivered but starts nothing. Copies of the delivery get here, too, so events without a page count
	 * once.
	 */
	noteDelivered(site: string, change: Change): void {
		const [own = ''] = meetingKeys(site, change, 'own');
		const isNoted = change.page === undefined && this.keysOfEach(own).length > 0;
		if (!isNoted) this.deliver(site, change).hasCome();
	}

	/** n8n is given an execution for the change. */
	recover(site: string, change: Change): ComingChange {
		return this.expect(hashKey(nameOf(site, change)), change, MAX_COMING_MS);
	}

	/** Whether a change of this page within two seconds has come or is coming. */
	hasNear(site: string, change: Change): boolean {
		const second = Math.floor(change.at / 1000);
		return meetingKeys(site, change, 'near').some((key) => {
			const hashed = hashKey(key);
			const { at = -Infinity } = this.known.get(hashed) ?? {};
			return this.stateOf(hashed) !== 'missing' && Math.abs(at - second) <= NEAR_SECONDS;
		});
	}

	/** Whether an event without a page has come, or is coming, within two seconds. */
	hasUnnamedNear(site: string, change: Change): boolean {
		return this.unnamedNear(site, change).length > 0;
	}

	/** Whether a change found at the site is known. Uses up a delivered event that names no page. */
	take(site: string, change: Change): Knowledge {
		const own = [nameOf(site, change), ...meetingKeys(site, change, 'near')];
		const states = own.map((key) => this.stateOf(hashKey(key)));
		if (states.includes('known')) return 'known';
		const unnamed = this.unnamedNear(site, change);
		if ([...states, ...unnamed.map((key) => this.stateOf(key))].includes('coming')) return 'coming';
		const used = unnamed.reverse().find((key) => this.stateOf(key) === 'known');
		if (used === undefined) return 'missing';
		this.drop(used);
		this.rewrite();
		this.recover(site, change).hasCome();
		return 'known';
	}

	/** Adds changes that only the stored record knows. */
	merge({ writer, changes }: Pick<StoredRecord, 'writer' | 'changes'>): void {
		for (const { key, at } of readChangeRows(this.newRows.in(changes, writer))) this.add(key, at);
	}

	stored(): Pick<StoredRecord, 'changes'> {
		return { changes: this.rows };
	}

	/** @param neededSince site time, unix seconds: no recovery asks for older changes */
	forget(neededSince: number): void {
		const isSoon = performance.now() - this.forgotAt < FORGET_EVERY_MS;
		if (isSoon && this.known.size <= Math.max(MAX_KNOWN_CHANGES, this.kept) + MAX_EXCESS_ROWS) return;
		this.forgotAt = performance.now();
		const [newestSurplus] = [...this.known.values()].sort((a, b) => b.at - a.at).slice(MAX_KNOWN_CHANGES);
		const oldest = Math.max(neededSince, (newestSurplus?.at ?? -Infinity) + 1);
		for (const [key, { at }] of this.known) if (at < oldest) this.known.delete(key);
		this.kept = this.known.size;
		this.rewrite();
	}

	private expect(key: string, { at }: Change, maxMs: number): ComingChange {
		const second = Math.floor(at / 1000);
		if (this.stateOf(key) !== 'known') {
			this.known.set(key, { at: second, comingUntil: performance.now() + maxMs });
		}
		return {
			hasCome: () => this.add(key, second),
			hasFailed: () => {
				if (this.stateOf(key) !== 'known') this.drop(key);
			},
		};
	}

	/** Keeps the key, because events without a page are counted by their keys. */
	private drop(key: string): void {
		const known = this.known.get(key);
		// The change may have been evicted meanwhile.
		if (known !== undefined) known.comingUntil = -Infinity;
	}

	private add(key: string, at: number): void {
		if (this.stateOf(key) === 'known') return;
		this.known.set(key, { at });
		this.rows += writeChangeRow({ key, at });
		if (this.rows.length > (this.maxStored + MAX_EXCESS_ROWS) * CHANGE_ROW_CHARS) this.rewrite();
	}

	private stateOf(key: string): Knowledge {
		const known = this.known.get(key);
		if (known === undefined) return 'missing';
		if (known.comingUntil === undefined) return 'known';
		return known.comingUntil > performance.now() ? 'coming' : 'missing';
	}

	private deliveredKey(site: string, change: Change): string {
		const [own = ''] = meetingKeys(site, change, 'own');
		if (change.page !== undefined) return hashKey(own);
		// Each event without a page stands for one change.
		return hashKey(`${own}#${this.keysOfEach(own).length}`);
	}

	private unnamedNear(site: string, { kind, at }: Change): string[] {
		return meetingKeys(site, { kind, at }, 'near').flatMap((key) => this.keysOfEach(key));
	}

	/** Keys of all events without a page that share this key. */
	private keysOfEach(key: string): string[] {
		const keys: string[] = [];
		for (;;) {
			const each = hashKey(`${key}#${keys.length}`);
			if (!this.known.has(each)) return keys;
			keys.push(each);
		}
	}

	private rewrite(): void {
		const come = [...this.known].filter(([, { comingUntil }]) => comingUntil === undefined);
		const stored = come.slice(-this.maxStored);
		this.rows = stored.map(([key, { at }]) => writeChangeRow({ key, at })).join('');
	}
}

export const knownChangesOf = perNode(() => new KnownChanges());
