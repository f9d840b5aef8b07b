import type { IExecuteFunctions } from 'n8n-workflow';

import { BoundedCache, type Bound } from './bounded-cache';

/*
 * What a process keeps in memory, each part beside the code that owns it. All of it can be lost: a process
 * that starts has none of it.
 */

/** Trigger nodes whose data one process keeps at the same time. */
export const MAX_NODES = 1000;

export type NodeContext = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/** The key of one node of one workflow. */
export function nodeKey(context: NodeContext, ...details: unknown[]): string {
	return JSON.stringify([context.getWorkflow().id, context.getNode().id, ...details]);
}

/** By node, because a credential may hold expressions; and by what is chosen there at the moment. */
export function credentialKey(context: NodeContext): string {
	return nodeKey(context, context.getNode().credentials?.cxoneExpertApi?.id);
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
