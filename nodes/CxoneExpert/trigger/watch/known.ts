import { randomUUID } from 'node:crypto';

import { hashKey, NO_KEY } from '../record-columns';
import {
	type ChangeKind,
	type ChangeName,
	editOf,
	keyOf,
	likeChanges,
	TOLERANCE_SECONDS,
} from './change-key';
import {
	type Origin,
	readRows,
	type Row,
	rowOf,
	type StoredChanges,
	withOrigin,
} from './change-row';

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
/**
 * How far apart two changes of one name are one. A page is created once; a page that was deleted may be
 * deleted again later; and where events count revisions in another way, one number is of two edits.
 */
const SAME_SECONDS: Readonly<Record<ChangeKind, number>> = {
	c: Infinity,
	e: TOLERANCE_SECONDS,
	d: 60,
};
/** Evicting looks at every row: deliveries that come together leave that to one a second. */
const EVICTION_INTERVAL_MS = 1000;
/** Above the limit they wait no longer than for so many. */
const MAX_EXCESS = 100;

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
	/** By kind and subject. */
	private readonly rows = new Map<string, Row[]>();
	private count = 0;
	/** The rows as they are stored, which each delivery asks for; absent once a row has gone or changed. */
	private text: string | undefined = '';
	private evicted: KeptSince = { windowStart: -Infinity, now: -Infinity };
	/** By key. */
	private readonly pending = new Map<string, Pending & { change: ChangeName }>();
	private readonly writer: string;
	private lastRead = '';
	private evictedChanges = -Infinity;
	private hasSentFirstText = false;

	constructor(writer: string = randomUUID()) {
		this.writer = writer;
	}

	/**
	 * Up to here changes were dropped that a recovery could look for: nobody knows any more which of them
	 * have come. Unix ms.
	 */
	get evictedUntil(): number {
		return this.evictedChanges;
	}

	/** Whether the site has been seen to send the text that a page is created with as an edit of its own. */
	get sendsFirstTexts(): boolean {
		return this.hasSentFirstText;
	}

	/** Whether the change of a delivery was recovered, or is being. An event without a page uses it up. */
	takeRecovered(change: ChangeName): boolean {
		if (change.subject === undefined) return this.useUp(change);
		const isRecovered = this.like(change).some(wasPassedOn);
		return isRecovered || this.pendingLike(change, 'recovered') !== undefined;
	}

	/**
	 * What is known of a change that the site tells of. It uses up an event without a page.
	 *
	 * @param now unix ms
	 */
	take(change: ChangeName, now: number): Knowledge {
		if (this.same(change).length > 0 || this.wasDelivered(change)) return 'known';
		if (this.pendingLike(change) !== undefined) return 'pending';
		const pageless = this.rows.get(slot(change.kind, NO_KEY)) ?? [];
		const near = pageless.find((row) => isNear(row, change));
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
		this.note(change, 'delivered', now);
	}

	/**
	 * Whether both events of a new page were delivered: its creation, and at the same time an edit whose
	 * revision is the first, as the site counts.
	 */
	isWithFirstText({ kind, subject, at }: ChangeName): boolean {
		if (kind === 'd' || subject === undefined) return false;
		const { page } = editOf(subject);
		const first = [`${page}:0`, `${page}:1`];
		if (kind === 'e' && !first.includes(subject)) return false;
		const others: ChangeName[] =
			kind === 'e'
				? [{ kind: 'c', subject: page, at }]
				: first.map((edit) => ({ kind: 'e', subject: edit, at }));
		return others.some((other) => this.same(other).some((row) => isNear(row, other)));
	}

	/** A delivery has shown that the site sends the first text of a page as an edit. */
	noteFirstText(): void {
		this.hasSentFirstText = true;
	}

	/** The trigger's step has passed on what was recovered. @param now unix ms */
	noteRecovered(change: ChangeName, now: number): void {
		this.note(change, 'recovered', now);
	}

	/** A recovery is over, whatever has become of it. @param now unix ms */
	noteSettled(change: ChangeName, now: number): void {
		this.note(change, 'settled', now);
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
		const mayBeDelivered = ({ origin, notedAt }: Row) =>
			wasPassedOn({ origin }) && notedAt >= now / 1000 - KEEP_SECONDS;
		for (const row of this.all()) {
			if (!mayBeLookedFor(row) && !mayBeDelivered(row)) this.remove(row);
		}
		if (this.count <= MAX_CHANGES) return;
		// A recovery goes from old to new: what is dropped of what it may look for lies behind it.
		const age = (row: Row) => (mayBeLookedFor(row) ? row.at : 0);
		const leastFirst = this.all().sort((a, b) => age(a) - age(b) || a.notedAt - b.notedAt);
		for (const row of leastFirst.slice(0, this.count - MAX_CHANGES)) {
			if (mayBeLookedFor(row)) this.noteEvicted((row.at + 1) * 1000);
			this.remove(row);
		}
	}

	/** Adds what is stored and not known here. */
	merge({ writer, known, sendsFirstTexts }: StoredChanges): void {
		if (sendsFirstTexts) this.noteFirstText();
		if (writer === this.writer || known === this.lastRead) return;
		this.lastRead = known;
		const rows = readRows(known);
		for (const row of rows) {
			const same = this.inSlot(row).find(({ at }) => at === row.at);
			if (same === undefined) this.add(row);
		}
		// So many only where some were dropped, maybe of the second of the oldest.
		if (rows.length >= MAX_CHANGES)
			this.noteEvicted((Math.min(...rows.map(({ at }) => at)) + 1) * 1000);
	}

	/** Forgets all: these were the changes of another site. */
	clear(): void {
		this.rows.clear();
		this.pending.clear();
		this.count = 0;
		this.text = '';
		this.lastRead = '';
		this.evictedChanges = -Infinity;
		this.hasSentFirstText = false;
	}

	/** What to store: only what n8n has confirmed. */
	stored(): StoredChanges {
		this.text ??= this.all()
			.map(({ text }) => text)
			.join('');
		const { writer, text: known } = this;
		return { writer, known, ...(this.hasSentFirstText && { sendsFirstTexts: true as const }) };
	}

	/** An event without a page stands for one recovered change near it; `false` when there is none. */
	private useUp(change: ChangeName): boolean {
		const row = this.all().find((row) => row.origin === 'recovered' && isNear(row, change));
		if (row !== undefined) {
			Object.assign(row, withOrigin(row, 'used up'));
			this.text = undefined;
			return true;
		}
		const pending = this.pendingLike(change, 'recovered');
		if (pending === undefined || pending.isUsedUp === true) return false;
		pending.isUsedUp = true;
		return true;
	}

	private note(change: ChangeName, origin: Origin, now: number): void {
		const key = keyOf(change);
		const isUsedUp = this.pending.get(key)?.isUsedUp === true;
		this.pending.delete(key);
		if (this.same(change).length > 0) return;
		this.add(rowOf(change, isUsedUp ? 'used up' : origin, now));
	}

	private noteEvicted(until: number): void {
		this.evictedChanges = Math.max(this.evictedChanges, until);
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
	private same({ kind, subject, at }: ChangeName): Row[] {
		if (subject === undefined) return [];
		const rows = this.rows.get(slot(kind, hashKey(subject))) ?? [];
		return rows.filter((row) => isWithin(row.at, at, SAME_SECONDS[kind]));
	}

	/** The same, whatever number an event gives to the revision. */
	private like(change: ChangeName): Row[] {
		return likeChanges(change).flatMap((each) => this.same(each));
	}

	private wasDelivered(change: ChangeName): boolean {
		return this.like(change).some(({ origin }) => origin === 'delivered');
	}

	private all(): Row[] {
		return [...this.rows.values()].flat();
	}

	private inSlot({ kind, subject }: Row): Row[] {
		return this.rows.get(slot(kind, subject)) ?? [];
	}

	private add(row: Row): void {
		const rows = this.rows.get(slot(row.kind, row.subject));
		if (rows === undefined) this.rows.set(slot(row.kind, row.subject), [row]);
		else rows.push(row);
		this.count++;
		if (this.text !== undefined) this.text += row.text;
	}

	private remove(row: Row): void {
		const rows = this.inSlot(row);
		rows.splice(rows.indexOf(row), 1);
		if (rows.length === 0) this.rows.delete(slot(row.kind, row.subject));
		this.count--;
		this.text = undefined;
	}
}

function slot(kind: ChangeKind, subject: string): string {
	return kind + subject;
}

function wasPassedOn({ origin }: Pick<Row, 'origin'>): boolean {
	return origin === 'recovered' || origin === 'used up';
}

function isNear(row: Row, { kind, at }: ChangeName): boolean {
	return row.kind === kind && isWithin(row.at, at, TOLERANCE_SECONDS);
}

/** Told as rows are: without a page by the time, and edits whatever the number of the revision. */
function isLike(change: ChangeName, other: ChangeName): boolean {
	const { kind, subject, at } = change;
	if (kind !== other.kind) return false;
	const second = Math.floor(at / 1000);
	if (subject === undefined || other.subject === undefined)
		return isWithin(second, other.at, TOLERANCE_SECONDS);
	const isSoon = isWithin(second, other.at, SAME_SECONDS[kind]);
	return isSoon && likeChanges(change).some((each) => each.subject === other.subject);
}

/** @param second unix seconds @param at unix ms */
function isWithin(second: number, at: number, seconds: number): boolean {
	return Math.abs(second - Math.floor(at / 1000)) <= seconds;
}
