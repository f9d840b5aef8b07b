import type { IExecuteFunctions } from 'n8n-workflow';

/* Memory of this process, each part beside the code that owns it. All of it may be lost, and is at a restart. */

/** Number of trigger nodes of which one process keeps data. */
const MAX_NODES = 1000;

export type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** Cache keys, because n8n copies the whole node on each call. */
const keys = new WeakMap<NodeContext, string>();

export function nodeKey(context: NodeContext): string {
	const known = keys.get(context);
	if (known !== undefined) return known;
	const key = JSON.stringify([context.getWorkflow().id, context.getNode().id]);
	keys.set(context, key);
	return key;
}

/** The key is by node, because credentials may contain expressions, and by the credential chosen there now. */
export function credentialKey(context: NodeContext): string {
	return `${nodeKey(context)} ${context.getNode().credentials?.cxoneExpertApi?.id}`;
}

const parts: Array<{ clear(): void }> = [];

/** Registers a part of memory for {@link clearMemory}. */
export function inMemory<Part extends { clear(): void }>(part: Part): Part {
	parts.push(part);
	return part;
}

/** Creates a cache, by default of {@link MAX_NODES} entries without expiry. */
export function cacheInMemory<Value>(bound: Partial<Bound<Value>> = {}): BoundedCache<Value> {
	return inMemory(new BoundedCache({ maxEntries: MAX_NODES, ttlMs: Infinity, ...bound }));
}

/**
 * Reads a value unless a read of its key has begun within `ttlMs`, finished or not. A failed read throws to all who
 * wait for it, and is not cached.
 */
export function cacheReads<Value>(
	bound: Partial<Bound<Promise<Value>>> & { ttlMs: number },
): (key: string, read: () => Promise<Value>) => Promise<Value> {
	const reads = cacheInMemory<Promise<Value>>(bound);
	return async (key, read) => {
		const known = reads.get(key);
		if (known !== undefined) return await known;
		const reading = read();
		reads.set(key, reading);
		return await reading.catch((thrown: unknown) => {
			if (reads.get(key) === reading) reads.delete(key);
			throw thrown;
		});
	};
}

/** One value per node, created on first use. */
export function perNode<Value>(make: () => Value, bound?: Partial<Bound<Value>>): (context: NodeContext) => Value {
	const values = cacheInMemory(bound);
	return (context) => {
		const key = nodeKey(context);
		const value = values.get(key) ?? make();
		// Set it even if it exists. This marks it as used, and the least recently used is evicted first.
		values.set(key, value);
		return value;
	};
}

export function clearMemory(): void {
	for (const part of parts) part.clear();
}

export interface Bound<Value> {
	maxEntries: number;
	/** Age at which an entry is evicted, since it was last set. */
	ttlMs: number;
	/** Exempts an entry from eviction for lack of room, not for age. */
	isPinned?: (value: Value) => boolean;
}

/** A bounded map. Setting an entry evicts expired and surplus ones, oldest first. */
export class BoundedCache<Value> {
	private readonly bound: Bound<Value>;
	/**
	 * Entries, oldest first. Their times are in ms of the monotonic clock, so that setting the wall clock has no
	 * effect.
	 */
	private readonly entries = new Map<string, { value: Value; setAt: number }>();

	constructor(bound: Bound<Value>) {
		this.bound = bound;
	}

	/** Whether another entry fits without evicting one. */
	get hasRoom(): boolean {
		return this.entries.size < this.bound.maxEntries;
	}

	get(key: string): Value | undefined {
		const { value, setAt = -Infinity } = this.entries.get(key) ?? {};
		return performance.now() - setAt < this.bound.ttlMs ? value : undefined;
	}

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

	/** @param kept the entry just set */
	private evict(now: number, kept: string): void {
		const { maxEntries, ttlMs, isPinned = () => false } = this.bound;
		for (const [key, { value, setAt }] of this.entries) {
			const isTooOld = now - setAt >= ttlMs;
			if (key === kept || (!isTooOld && this.entries.size <= maxEntries)) return;
			if (isTooOld || !isPinned(value)) this.entries.delete(key);
		}
	}
}
