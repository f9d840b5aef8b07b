import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';

import { ProcessedItems } from '../processed-items.mts';
import { type LogLines, n8nOf, type NodeState } from './delivery-context.mts';

/** What a test says about one execution; the rest is usual. */
export interface ExecutionState {
	id: string;
	/** What the trigger has given the execution. */
	items: INodeExecutionData[];
	parameters: IDataObject;
	/** n8n's store of processed items, which all workers share. */
	store: ProcessedItems;
}

export interface Execution {
	/** What n8n gives the trigger's own step. */
	context: IExecuteFunctions;
	/** What the step says: in the log, above the output, and in n8n's "Highlighted data". */
	log: LogLines;
	hints: NodeExecutionHint[];
	highlighted: Map<string, string>;
}

/** One execution that a trigger node has started. */
export function executionAt(node: NodeState, changed: Partial<ExecutionState> = {}): Execution {
	const { id = '1', items = [], parameters = {}, store = new ProcessedItems() } = changed;
	const log: LogLines = { info: [], warn: [], error: [] };
	const hints: NodeExecutionHint[] = [];
	const highlighted = new Map<string, string>();
	const n8n = n8nOf(node, log);
	// The one that n8n's store looks at.
	const held = { id: node.id, name: node.name };
	const workflow = n8n.getWorkflow();
	const owner = { node: held, workflow } as never;
	const context = {
		...n8n,
		node: held,
		getNode: () => structuredClone(held),
		getWorkflow: () => workflow,
		getExecutionId: () => id,
		getInputData: () => items,
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			name in parameters ? parameters[name] : fallback,
		getWorkflowDataProxy: () => ({ $execution: { customData: highlighted } }),
		addExecutionHints: (...added: NodeExecutionHint[]) => hints.push(...added),
		helpers: {
			...n8n.helpers,
			checkProcessedAndRecord: async (marks: string[], scope: string, options: object) =>
				await store.checkProcessedAndRecord(marks, scope, owner, options as never),
			removeProcessed: async (marks: string[], scope: string) =>
				await store.removeProcessed(marks, scope, owner),
			clearAllProcessedItems: async (scope: string) =>
				await store.clearAllProcessedItems(scope, owner),
			getProcessedDataCount: async (scope: string) =>
				await store.getProcessedDataCount(scope, owner),
		},
	};
	return { context: context as unknown as IExecuteFunctions, log, hints, highlighted };
}
