import type { IExecuteFunctions } from 'n8n-workflow';

/*
 * What a process keeps in memory, each part beside the code that owns it. All of it can be lost: a process
 * that starts has none of it.
 */

/** Trigger nodes whose data one process keeps at the same time. */
export const MAX_NODES = 1000;

export type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** n8n copies the whole node each time it is asked for it. */
const keys = new WeakMap<NodeContext, string>();

/** The key of one node of one workflow. */
export function nodeKey(context: NodeContext): string {
	const known = keys.get(context);
	if (known !== undefined) return known;
	const key = JSON.stringify([context.getWorkflow().id, context.getNode().id]);
	keys.set(context, key);
	return key;
}

/** By node, because a credential may hold expressions; and by what is chosen there at the moment. */
export function credentialKey(context: NodeContext): string {
	return `${nodeKey(context)} ${context.getNode().credentials?.cxoneExpertApi?.id}`;
}

const parts: Array<{ clear(): void }> = [];

/** Adds a part of this process's memory to what {@link clearMemory} empties. */
export function inMemory<Part extends { clear(): void }>(part: Part): Part {
	parts.push(part);
	return part;
}

/** A cache of at most {@link MAX_NODES} entries that live as long as the process, unless `bound` says otherwise. */
export function cacheInMemory<Value>(bound: Partial<Bound<Value>> = {}): BoundedCache<Value> {
	return inMemory(new BoundedCache({ maxEntries: MAX_NODES, ttlMs: Infinity, ...bound }));
}

/** One value for each node, made when it is first asked for. */
export function perNode<Value>(
	make: () => Value,
	bound?: Partial<Bound<Value>>,
): (context: NodeContext) => Value {
	const values = cacheInMemory(bound);
	return (context) => {
		const key = nodeKey(context);
		const value = values.get(key) ?? make();
		// Also when it is there: it counts as used, and the least used one is evicted first.
		values.set(key, value);
		return value;
	};
}

/** As in a process that has just started. */
export function clearMemory(): void {
	for (const part of parts) part.clear();
}

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
