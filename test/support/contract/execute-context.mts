import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type N8nCode, withServices, workflowIn } from './n8n-code.mts';

interface Core {
	ExecuteContext: new (...args: unknown[]) => IExecuteFunctions;
}

/** n8n's data of an execution, except its items. */
export interface ExecutionResult {
	runData: object;
	/** Its highlighted data. */
	metadata?: Record<string, string>;
}

/** Runs `work` with a context of n8n, for a node of its own in an execution. */
export async function inExecution<T>(
	n8n: N8nCode,
	services: Record<string, Record<string, unknown>>,
	work: (context: IExecuteFunctions, result: ExecutionResult) => T,
): Promise<T> {
	const { ExecuteContext } = n8n.package<Core>('n8n-core');
	const node = {
		id: 'n',
		name: 'Node',
		type: 'x.y',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const description = { properties: [], inputs: [], outputs: [] };
	const workflow = workflowIn<{ nodes: Record<string, unknown> }>(
		...([n8n, { name: 'W', nodes: [node], settings: {} }, { description }] as const),
	);
	const resultData: ExecutionResult = { runData: {} };
	const items: INodeExecutionData[] = [{ json: {} }];
	const data = { main: [items] };
	return await withServices(n8n, services, async () => {
		const additional = { executionId: '42', webhookWaitingBaseUrl: 'https://n8n.example.com/w' };
		const execution = { node, data, source: null };
		const own = workflow.nodes.Node;
		const context = new ExecuteContext(
			...[workflow, own, additional, 'trigger', { resultData }, 0],
			...[items, data, execution, []],
		);
		return work(context, resultData);
	});
}
