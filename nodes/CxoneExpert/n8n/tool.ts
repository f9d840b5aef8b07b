import type { IExecuteFunctions } from 'n8n-workflow';

/*
 * Relies on: n8n makes a node's tool by adding `Tool` to its type, and runs the node's code for it.
 *
 * - A thrown message reaches the model shortened or empty, depending on the versions of n8n and the
 *   agent. The model reads what the node returns.
 * - `isToolExecution` is set only where the agent calls the tool itself, not where n8n's engine
 *   does.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: a failed call gives the model what n8n makes of
 * it, as for any node.
 *
 * Look first at: `node-types`, `isSyntheticTool`, and the versions of the AI Agent: n8n 3 has no
 * version 1.
 */

export function runsAsTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}
