import type { Workflow } from 'n8n-workflow';

/*
 * Relies on: the context of `webhook()` holds the loaded workflow as `workflow`, with its nodes as
 * published when the request came. Official methods (`getChildNodes`) name only connected nodes.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: data of triggers removed from the workflow stays
 * in its static data.
 *
 * Look first at: n8n-core, `node-execution-context`: does `workflow` still hold all nodes?
 */

/** Whether a node was removed from the workflow; `false` when n8n does not say. */
export function wasRemoved(context: object, nodeId: string): boolean {
	const { nodes } = (context as { workflow?: Partial<Workflow> }).workflow ?? {};
	return nodes !== undefined && Object.values(nodes).every(({ id }) => id !== nodeId);
}
