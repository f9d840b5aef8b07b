import { type Change, meetingKeys, nameOf } from '../../event/change';
import { perNode } from '../../memory';
import { hashKey, NewRows, readChangeRows, type StoredRecord, writeChangeRow } from './rows';

/** Above so many the oldest are forgotten. */
export const MAX_CHANGES = 10_000;
/** Forgetting looks at every change and writes every row: it waits until so many are too much, or so long. */
const MAX_EXCESS = 100;
const FORGET_EVERY_MS = 3_600_000;
/**
 * How long n8n may take to begin an execution, under a concurrency limit or in queue mode. After that it counts as lost:
 * an older n8n never says that it could not save one.
 */
const MAX_COMING_MS = 3_600_000;

/** What a recovery is told of a change: whether it has come, may be coming, or is missing. */
export type Knowledge = 'known' | 'coming' | 'missing';

/** Two events of one deed are not further apart. */
const NEAR_SECONDS = 2;

interface Known {
	/** Site time, unix seconds. */
	at: number;
	/** Until when it counts as coming, ms of the monotonic clock; absent for what has come. */
	comingUntil?: number;
}

/** A change for which n8n is given an execution. */
export interface ComingChange {
	/** n8n has saved the execution. */
	hasCome(): void;
	/** n8n could not save it: it may be recovered. */
	hasFailed(): void;
}

/**
 * Which changes of pages have come to one trigger node. A recovery asks here before it starts an execution; whether that
 * passes anything on, n8n's store decides (execution/known-changes.ts).
 *
 * A delivered change is known by page and time, a recovered one by its name: two edits can be a second apart.
 */
export class KnownChanges {
	/** Changes until then may have been forgotten; site time, unix seconds. */
	forgottenUpTo = 0;
	private readonly known = new Map<string, Known>();
	/** The rows of what has come. It only grows, until something is forgotten. */
	private rows = '';
	private readonly newRows = new NewRows();
	private forgotAt = -Infinity;
	/** After the last time that something was forgotten. */
	private kept = 0;

	get isEmpty(): boolean {
		return this.rows === '' && this.forgottenUpTo === 0;
	}

	/** A delivery of it is being saved. */
	deliver(site: string, change: Change): ComingChange {
		return this.expect(this.deliveredKey(site, change), change);
	}

	/** It was delivered, and starts nothing. */
	noteDelivered(site: string, change: Change): void {
		this.deliver(site, change).hasCome();
	}

	/** An execution for it is being started. */
	recover(site: string, change: Change): ComingChange {
		return this.expect(hashKey(nameOf(site, change)), change);
	}

	/** Whether a change of this page within two seconds has come, or is coming. */
	hasNear(site: string, change: Change): boolean {
		const second = Math.floor(change.at / 1000);
		return meetingKeys(site, change, 'near').some((key) => {
			const known = this.known.get(hashKey(key));
			return known !== undefined && Math.abs(known.at - second) <= NEAR_SECONDS;
		});
	}

	/** What is known of a change that the site tells of. It uses up a delivered event that names no page. */
	take(site: string, change: Change): Knowledge {
		const own = [nameOf(site, change), ...meetingKeys(site, change, 'near')];
		const states = own.map((key) => this.stateOf(hashKey(key)));
		if (states.includes('known')) return 'known';
		const unnamed = this.unnamedNear(site, change);
		if ([...states, ...unnamed.map((key) => this.stateOf(key))].includes('coming')) return 'coming';
		const used = unnamed.reverse().find((key) => this.stateOf(key) === 'known');
		if (used === undefined) return 'missing';
		this.known.delete(used);
		this.rewrite();
		this.recover(site, change).hasCome();
		return 'known';
	}

	/** Adds what a stored record knows and this process does not. */
	merge({ writer, changes, changesForgottenUpTo }: StoredRecord): void {
		this.forgottenUpTo = Math.max(this.forgottenUpTo, changesForgottenUpTo);
		for (const { key, at } of readChangeRows(this.newRows.in(changes, writer))) this.add(key, at);
	}

	stored(): Pick<StoredRecord, 'changes' | 'changesForgottenUpTo'> {
		return { changes: this.rows, changesForgottenUpTo: this.forgottenUpTo };
	}

	/** @param neededSince no recovery asks for older ones; site time, unix seconds */
	forget(neededSince: number): void {
		const isSoon = performance.now() - this.forgotAt < FORGET_EVERY_MS;
		if (isSoon && this.known.size <= Math.max(MAX_CHANGES, this.kept) + MAX_EXCESS) return;
		this.forgotAt = performance.now();
		const [newestSurplus] = [...this.known.values()].sort((a, b) => b.at - a.at).slice(MAX_CHANGES);
		const isSurplusNeeded = newestSurplus !== undefined && newestSurplus.at >= neededSince;
		if (isSurplusNeeded) this.forgottenUpTo = Math.max(this.forgottenUpTo, newestSurplus.at + 1);
		const oldest = Math.max(neededSince, this.forgottenUpTo);
		for (const [key, { at }] of this.known) if (at < oldest) this.known.delete(key);
		this.kept = this.known.size;
		this.rewrite();
	}

	private expect(key: string, { at }: Change): ComingChange {
		const second = Math.floor(at / 1000);
		if (this.stateOf(key) !== 'known') {
			this.known.set(key, { at: second, comingUntil: performance.now() + MAX_COMING_MS });
		}
		return {
			hasCome: () => this.add(key, second),
			hasFailed: () => {
				if (this.stateOf(key) !== 'known') this.known.delete(key);
			},
		};
	}

	private add(key: string, at: number): void {
		if (this.stateOf(key) === 'known') return;
		this.known.set(key, { at });
		this.rows += writeChangeRow({ key, at });
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
		// Each event that names no page stands for one change.
		return hashKey(`${own}#${this.keysOfEach(own).length}`);
	}

	private unnamedNear(site: string, { kind, at }: Change): string[] {
		return meetingKeys(site, { kind, at }, 'near').flatMap((key) => this.keysOfEach(key));
	}

	/** Of the events that name no page and have one key. */
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
		this.rows = come.map(([key, { at }]) => writeChangeRow({ key, at })).join('');
	}
}

/** The changes that have come to a node, as far as this process knows. */
export const knownChangesOf = perNode(() => new KnownChanges());
