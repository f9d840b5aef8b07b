import type { IExecuteFunctions } from 'n8n-workflow';

import { ProcessedItems } from '../processed-items.mts';
import { n8nOf, type NodeState } from './delivery-context.mts';

/**
 * n8n's context for the trigger's own step, in an execution that the node started.
 *
 * @param store n8n's store of processed items, shared by all workers
 */
export function executionAt(node: NodeState, store = new ProcessedItems()): IExecuteFunctions {
	const n8n = n8nOf(node);
	// The one that n8n's store looks at.
	const held = { id: node.id, name: node.name };
	const owner = { node: held, workflow: n8n.getWorkflow() } as never;
	const context = {
		...n8n,
		node: held,
		getNode: () => structuredClone(held),
		helpers: {
			...n8n.helpers,
			checkProcessedAndRecord: async (marks: string[], scope: string, options: object) =>
				await store.checkProcessedAndRecord(marks, scope, owner, options as never),
			clearAllProcessedItems: async (scope: string) =>
				await store.clearAllProcessedItems(scope, owner),
		},
	};
	return context as unknown as IExecuteFunctions;
}
