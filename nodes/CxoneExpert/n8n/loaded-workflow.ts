import type { ITriggerFunctions, Workflow } from 'n8n-workflow';

/*
 * Relies on: a node's context holds the loaded workflow as `workflow`, with its nodes as published
 * when the request came, or the trigger began. Official methods (`getChildNodes`) name only
 * connected nodes. The workflow's `nodeTypes` are those of n8n, which have one instance of our
 * class, and another one once n8n has updated the package.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: data of triggers removed from the workflow stays
 * in its static data. Or a watch goes on after an update of the package, and starts changes again
 * that have come.
 *
 * Look first at: n8n-core, `node-execution-context`: does `workflow` still hold all nodes? Then
 * `node-types`, `getByNameAndVersion`.
 */

/** Whether a node was removed from the workflow; `false` when n8n does not say. */
export function wasRemoved(context: object, nodeId: string): boolean {
	const { nodes } = (context as { workflow?: Partial<Workflow> }).workflow ?? {};
	return nodes !== undefined && Object.values(nodes).every(({ id }) => id !== nodeId);
}

/** The instance of the node's class that n8n calls now; `undefined` when n8n does not say. */
export function loadedNode(context: Pick<ITriggerFunctions, 'getNode'>): object | undefined {
	const { workflow } = context as { workflow?: Partial<Workflow> };
	const { type, typeVersion } = context.getNode();
	try {
		return workflow?.nodeTypes?.getByNameAndVersion(type, typeVersion);
	} catch {
		// The package was removed.
		return undefined;
	}
}
