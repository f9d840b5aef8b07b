import type { INodeExecutionData } from 'n8n-workflow';

import { inMemory } from '../memory';
import type { N8nReliance } from './report-once';

/*
 * Relies on: after the statements that write an execution, and before it commits them, n8n looks for
 * binary data in the items that start it (`ExecutionPersistence.create`), and nobody looks earlier.
 *
 * Seen in n8n 2.41.1; n8n 2.8.4 does not look. Where n8n does not, `showsWriting` stays false: whatever
 * fails counts as maybe written, a delivery that is not confirmed at the deadline gets 503, and the log
 * says so once.
 */

/** What this n8n was seen to do. */
export const observedReliances = inMemory(new Set<N8nReliance>());

/** Whether this n8n has been seen to look, so that what it has not looked at is not written. */
export function showsWriting(): boolean {
	return observedReliances.has('shows writing');
}

/**
 * Calls back once when n8n has written the execution that starts with this item. It has still to
 * commit it.
 *
 * n8n says that an execution is saved much later: under a concurrency limit it writes the execution,
 * then waits for a free place, maybe for minutes. What it has written it runs, also after a restart.
 */
export function onExecutionPersisted(item: INodeExecutionData, call: () => void): void {
	listeners.set(item, call);
	Object.defineProperty(item, 'binary', watched);
}

/**
 * Takes it back: the execution runs, and a later node that looks for binary data shows nothing of how
 * n8n writes.
 */
export function stopWatching(item: INodeExecutionData): void {
	if (listeners.delete(item)) delete item.binary;
}

/** Weak: an item that n8n drops takes its listener along. */
const listeners = new WeakMap<INodeExecutionData, () => void>();

/**
 * One object for all items: with functions of its own each item would get a hidden class of its own
 * in V8, which retains all that the functions know until the next full garbage collection.
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
	// For a node that adds binary data to the item, where n8n has not looked before.
	set(value: INodeExecutionData['binary']) {
		listeners.delete(this);
		Object.defineProperty(this, 'binary', { value, enumerable: true, writable: true });
	},
};
