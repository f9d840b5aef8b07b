import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type IRunExecutionData,
	NodeOperationError,
} from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { asGiven, canRunLater, restartLoops, runLater, werePutOff } from '../../nodes/CxoneExpert/n8n/run-later.ts';
import { n8nCode, versions, withServices, workflowIn } from '../support/contract/n8n-code.mts';

interface Core {
	WorkflowExecute: new (additional: object, mode: string, data: object) => Engine;
	ExecutionLifecycleHooks: new (mode: string, id: string, workflow: object) => object;
}
interface Engine {
	processRunExecutionData(workflow: unknown): Promise<{ data: IRunExecutionData }>;
}
interface LoadedWorkflow {
	nodes: Record<string, object>;
}

interface LoopType {
	SplitInBatches: new () => { nodeVersions: Record<number, object> };
}

const LEGACY = 'v0';
const LOOP_VERSION = 3;
const ORDERS = versions.flatMap((version) => [LEGACY, 'v1'].map((order) => [version, order]));

/** One event of an execution that nobody can judge: the trigger's step runs once more for it. */
describe.each(ORDERS)('a node that is run later in n8n %s, order %s', (version, executionOrder) => {
	const n8n = n8nCode(version!);
	let isWell = false;
	/** What reached the nodes behind the trigger, in turn. */
	let ran: string[] = [];

	async function trigger(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const input = this.getInputData();
		const items = input.map(asGiven);
		if (werePutOff(input)) restartLoops(this);
		if (werePutOff(input) && !isWell) throw new NodeOperationError(this.getNode(), 'cannot tell');
		if (werePutOff(input) || isWell) return [items];
		expect(canRunLater(this)).toBe(true);
		const [first, ...rest] = items;
		runLater(this, [first!]);
		return [rest];
	}
	async function pass(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = [0, 1].flatMap((index) => {
			try {
				return this.getInputData(index) ?? [];
			} catch {
				return [];
			}
		});
		ran.push(`${this.getNode().name} ${items.map(({ json }) => json.id).join()}`);
		return [items];
	}

	const { SplitInBatches } = n8n.package<LoopType>('n8n-nodes-base/dist/nodes/SplitInBatches/SplitInBatches.node.js');
	const { nodeVersions: loops } = new SplitInBatches();
	const INPUTS: Record<string, string[]> = { Trigger: [], Merge: ['main', 'main'] };
	const to = (...all: Array<[node: string, index?: number]>) => ({
		main: [all.map(([node, index = 0]) => ({ node, type: 'main', index }))],
	});
	const MERGED = {
		Trigger: to(['Branch'], ['Other']),
		...{ Branch: to(['Merge']), Other: to(['Merge', 1]), Merge: to(['End']), End: to() },
	};

	function typeOf(type: string, typeVersion?: number) {
		const name = type.slice(2);
		if (name === 'Loop') return loops[typeVersion!]!;
		const execute = name === 'Trigger' ? trigger : pass;
		const inputs = INPUTS[name] ?? ['main'];
		return {
			description: { properties: [], inputs, outputs: ['main'], group: [], defaults: {} },
			execute,
		};
	}

	function workflow(connections: object = MERGED, typeVersion = 1) {
		return workflowIn<LoadedWorkflow>(n8n, {
			...{ id: 'w', name: 'W', settings: { executionOrder } },
			nodes: Object.keys(connections).map((name, index) => ({
				...{ id: name, name, type: `x.${name}`, typeVersion, parameters: {} },
				position: [index * 100, name === 'Other' ? 100 : 0],
			})),
			connections,
			nodeTypes: { getByNameAndVersion: typeOf, getByName: typeOf },
		});
	}

	/** What n8n saves of the execution. */
	async function run(data: object, mode: string, ofWorkflow = workflow()): Promise<IRunExecutionData> {
		const { WorkflowExecute, ExecutionLifecycleHooks } = n8n.package<Core>('n8n-core');
		const hooks = new ExecutionLifecycleHooks(mode, '42', { id: 'w' });
		const settings = { executionId: '42', hooks, variables: {} };
		const augment = async (_workflow: object, _start: object, context: object) => ({ context });
		const ExecutionContextService = {
			augmentExecutionContextWithHooks: augment,
			maybeBindExecutionId: async (context: object) => context,
		};
		return await withServices(n8n, { ExecutionContextService }, async () => {
			const engine = new WorkflowExecute(settings, mode, data);
			const { data: saved } = await engine.processRunExecutionData(ofWorkflow);
			return JSON.parse(JSON.stringify(saved)) as IRunExecutionData;
		});
	}

	it(`n8n ${version}, order ${executionOrder}, runs a node later, after all else, and a retry runs it alone`, async () => {
		const saved = await runFirst(workflow());
		const passed = (id: string) => [`Branch ${id}`, `Other ${id}`, `Merge ${id},${id}`, `End ${id},${id}`];
		expect(ran).toEqual(passed('one,two'));
		expect(saved.resultData.error?.message).toBe('cannot tell');
		await retry(saved, workflow());
		expect(ran).toEqual([...passed('one,two'), ...passed('bad')]);
	});

	it(`n8n ${version}, order ${executionOrder}, loops once more for what runs later`, async () => {
		const body = { node: 'Body', type: 'main', index: 0 };
		const looped = { Trigger: to(['Loop']), Loop: { main: [[], [body]] }, Body: to(['Loop']) };
		const saved = await runFirst(workflow(looped, LOOP_VERSION));
		expect(ran).toEqual(['Body one', 'Body two']);
		await retry(saved, workflow(looped, LOOP_VERSION));
		expect(ran).toEqual(['Body one', 'Body two', 'Body bad']);
	});

	async function runFirst(ofWorkflow: LoadedWorkflow): Promise<IRunExecutionData> {
		isWell = false;
		ran = [];
		const items = ['bad', 'one', 'two'].map((id) => ({ json: { id } }));
		const first = { node: ofWorkflow.nodes.Trigger, data: { main: [items] }, source: null };
		const executionData = {
			...{ contextData: {}, metadata: {}, waitingExecution: {}, waitingExecutionSource: {} },
			nodeExecutionStack: [first],
		};
		const data = { startData: {}, resultData: { runData: {} }, executionData };
		return await run(data, 'webhook', ofWorkflow);
	}

	/** As n8n retries it (execution.service.js). */
	async function retry(saved: IRunExecutionData, ofWorkflow: LoadedWorkflow): Promise<void> {
		const { lastNodeExecuted, runData } = saved.resultData;
		expect(lastNodeExecuted).toBe('Trigger');
		delete saved.resultData.error;
		runData.Trigger!.pop();
		isWell = true;
		const again = await run(saved, 'retry', ofWorkflow);
		expect(again.resultData.error).toBeUndefined();
	}
});
