export interface Bound<Value> {
	maxEntries: number;
	/** Age at which an entry is evicted, counted from when it was set last. */
	ttlMs: number;
	/** Whether an entry stays although there are too many. Not when it is too old. */
	isPinned?: (value: Value) => boolean;
}

/** Something that was read at a moment, or is being read. */
export interface Reading<Value> {
	/** Ms of the monotonic clock. */
	startedAt: number;
	value: Promise<Value>;
}

/** A map that stays small. Setting an entry evicts what is too old or too much, oldest first. */
export class BoundedCache<Value> {
	private readonly bound: Bound<Value>;
	/** Oldest first. Times are ms of the monotonic clock: a wall clock that is set must not count. */
	private readonly entries = new Map<string, { value: Value; setAt: number }>();

	constructor(bound: Bound<Value>) {
		this.bound = bound;
	}

	/** Whether another entry fits without evicting one. */
	get hasRoom(): boolean {
		return this.entries.size < this.bound.maxEntries;
	}

	/** The value as it was set, however old it is. */
	get(key: string): Value | undefined {
		return this.entries.get(key)?.value;
	}

	has(key: string): boolean {
		return this.entries.has(key);
	}

	/** Sets an entry and makes it the newest. */
	set(key: string, value: Value): void {
		const now = performance.now();
		this.entries.delete(key);
		this.entries.set(key, { value, setAt: now });
		this.evict(now, key);
	}

	delete(key: string): void {
		this.entries.delete(key);
	}

	clear(): void {
		this.entries.clear();
	}

	keys(): string[] {
		return [...this.entries.keys()];
	}

	/** @param kept the entry that was set just now */
	private evict(now: number, kept: string): void {
		const { maxEntries, ttlMs, isPinned = () => false } = this.bound;
		for (const [key, { value, setAt }] of this.entries) {
			const isTooOld = now - setAt >= ttlMs;
			if (key === kept || (!isTooOld && this.entries.size <= maxEntries)) return;
			if (isTooOld || !isPinned(value)) this.entries.delete(key);
		}
	}
}
