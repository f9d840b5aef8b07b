/*
 * Relies on: a node's context holds n8n's `instanceSettings`, whose `instanceType` names the role
 * of its process. TypeScript does not show it.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: the process has no name. Check Health speaks of
 * "this process", and the trigger learns of other processes only from what they store.
 *
 * Look first at: n8n-core, `node-execution-context`: `instanceSettings`.
 */

/** Roles of an n8n process; outside of queue mode, main does everything. */
export type ProcessKind = 'main' | 'webhook' | 'worker';

const KINDS: readonly unknown[] = ['main', 'webhook', 'worker'] satisfies ProcessKind[];

/** Role of the process that runs this node; `undefined` when n8n does not say. */
export function thisProcess(context: object): ProcessKind | undefined {
	const { instanceSettings } = context as { instanceSettings?: { instanceType?: unknown } };
	const kind = instanceSettings?.instanceType;
	return KINDS.includes(kind) ? (kind as ProcessKind) : undefined;
}
