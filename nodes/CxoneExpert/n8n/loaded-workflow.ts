import type { Workflow } from 'n8n-workflow';

/*
 * Relies on: what n8n gives to `webhook()` holds the loaded workflow as `workflow`, with its nodes as they were
 * published when the request came. What it offers to nodes (`getChildNodes`) names only those that are connected.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: what triggers have stored that were removed from the workflow stays
 * in its static data.
 */

/** Whether a node was removed from the workflow; `false` when n8n does not show it. */
export function wasRemoved(context: object, nodeId: string): boolean {
	const { nodes } = (context as { workflow?: Partial<Workflow> }).workflow ?? {};
	return nodes !== undefined && Object.values(nodes).every(({ id }) => id !== nodeId);
}
