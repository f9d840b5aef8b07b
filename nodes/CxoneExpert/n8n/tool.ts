import type { IExecuteFunctions } from 'n8n-workflow';

/*
 * Relies on: n8n makes the tool of a node by adding `Tool` to its type, and runs the code of the node for it.
 *
 * - What the node throws then reaches the model as an empty text or as less than the message, by the
 *   version of n8n and of the agent. What the node returns, the model reads.
 * - `isToolExecution` says it only where the agent calls the tool itself, not where the engine of n8n does.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: a call that fails gives the model what n8n makes of it, as
 * for any node.
 */

/** Whether a model has called the node. */
export function runsAsTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}
