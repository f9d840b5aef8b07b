/*
 * Relies on: the context of a node holds n8n's `instanceSettings`, whose `instanceType` says what its
 * process was started as. TypeScript does not show it.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: the process has no name. Check Health speaks of "this
 * process", and the trigger learns of other processes only by what they store.
 */

/** What a process of n8n can be: all in one outside of queue mode. */
export type ProcessKind = 'main' | 'webhook' | 'worker';

const KINDS: readonly unknown[] = ['main', 'webhook', 'worker'] satisfies ProcessKind[];

/** What the process that runs this node was started as; `undefined` when n8n does not say. */
export function thisProcess(context: object): ProcessKind | undefined {
	const { instanceSettings } = context as { instanceSettings?: { instanceType?: unknown } };
	const kind = instanceSettings?.instanceType;
	return KINDS.includes(kind) ? (kind as ProcessKind) : undefined;
}
