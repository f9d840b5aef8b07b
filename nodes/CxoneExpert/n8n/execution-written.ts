import type { INodeExecutionData } from 'n8n-workflow';

import { inMemory } from '../memory';
import type { N8nReliance } from './report-once';

/*
 * Relies on: between writing an execution and committing it, n8n reads `binary` of the items that
 * start it (`ExecutionPersistence.create`), and nothing reads it earlier.
 *
 * Seen in n8n 2.41.1; n8n 2.8.4 does not read it. Where n8n does not, `showsWriting` stays false: a
 * failed execution may have been written, a delivery unconfirmed at the deadline gets 503, and the
 * log says so once.
 *
 * Look first at: `execution-persistence`, `sumBinaryDataBytes`: does `create` still call it before
 * the commit?
 */

const observedReliances = inMemory(new Set<N8nReliance>());

/** Whether this n8n has been seen to read `binary`, so that an unread item was not written. */
export function showsWriting(): boolean {
	return observedReliances.has('shows writing');
}

/**
 * Calls back once n8n has written the execution that starts with this item, before the commit. n8n
 * confirms saving much later: under a concurrency limit it first waits for a free slot, maybe for
 * minutes. It runs whatever it has written, even after a restart.
 */
export function onExecutionWritten(item: INodeExecutionData, call: () => void): void {
	listeners.set(item, call);
	Object.defineProperty(item, 'binary', watched);
}

/** Stop listening once the execution runs: later reads of `binary` say nothing about saving. */
export function stopWatching(item: INodeExecutionData): void {
	if (listeners.delete(item)) delete item.binary;
}

/** The map is weak, so that a dropped item takes its listener along. */
const listeners = new WeakMap<INodeExecutionData, () => void>();

/**
 * Shared by all items: with functions of its own, each item would get its own hidden class in V8,
 * which retains their closures until the next full garbage collection.
 */
const watched: PropertyDescriptor & ThisType<INodeExecutionData> = {
	configurable: true,
	enumerable: false,
	get() {
		const call = listeners.get(this);
		stopWatching(this);
		observedReliances.add('shows writing');
		call?.();
		return undefined;
	},
	// A node may add binary data to the item where n8n has not read `binary` before.
	set(value: INodeExecutionData['binary']) {
		listeners.delete(this);
		Object.defineProperty(this, 'binary', { value, enumerable: true, writable: true });
	},
};
