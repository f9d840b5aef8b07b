import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type IRunExecutionData,
	NodeOperationError,
} from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	asGiven,
	canRunLater,
	runLater,
	werePutOff,
} from '../../nodes/CxoneExpert/n8n/run-later.ts';
import { n8nCode, versions, withServices } from '../support/contract/n8n-code.mts';

interface Core {
	WorkflowExecute: new (additional: object, mode: string, data: object) => Engine;
	ExecutionLifecycleHooks: new (mode: string, id: string, workflow: object) => object;
}
interface Engine {
	processRunExecutionData(workflow: unknown): Promise<{ data: IRunExecutionData }>;
}
interface Parts {
	Workflow: new (data: object) => { nodes: Record<string, object> };
}

const LEGACY = 'v0';
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

	const TYPES: Record<string, { inputs: string[]; execute: () => Promise<unknown> }> = {
		Trigger: { inputs: [], execute: trigger },
		Branch: { inputs: ['main'], execute: pass },
		Other: { inputs: ['main'], execute: pass },
		Merge: { inputs: ['main', 'main'], execute: pass },
		End: { inputs: ['main'], execute: pass },
	};
	const to = (...all: Array<[node: string, index?: number]>) => ({
		main: [all.map(([node, index = 0]) => ({ node, type: 'main', index }))],
	});

	function workflow() {
		const { Workflow } = n8n.package<Parts>('n8n-workflow');
		const typeOf = (type: string) => {
			const { inputs, execute } = TYPES[type.slice(2)]!;
			const description = { properties: [], inputs, outputs: ['main'], group: [], defaults: {} };
			return { description, execute };
		};
		return new Workflow({
			...{ id: 'w', name: 'W', active: true, settings: { executionOrder } },
			nodes: Object.keys(TYPES).map((name, index) => ({
				...{ id: name, name, type: `x.${name}`, typeVersion: 1, parameters: {} },
				position: [index * 100, name === 'Other' ? 100 : 0],
			})),
			connections: {
				Trigger: to(['Branch'], ['Other']),
				...{ Branch: to(['Merge']), Other: to(['Merge', 1]), Merge: to(['End']) },
			},
			nodeTypes: {
				getByNameAndVersion: typeOf,
				getByName: typeOf,
			},
		});
	}

	/** What n8n saves of the execution. */
	async function run(data: object, mode: string): Promise<IRunExecutionData> {
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
			const { data: saved } = await engine.processRunExecutionData(workflow());
			return JSON.parse(JSON.stringify(saved)) as IRunExecutionData;
		});
	}

	it(`n8n ${version}, order ${executionOrder}, runs a node later, after all else, and a retry runs it alone`, async () => {
		isWell = false;
		ran = [];
		const items = ['bad', 'one', 'two'].map((id) => ({ json: { id } }));
		const { nodes } = workflow();
		const first = { node: nodes.Trigger, data: { main: [items] }, source: null };
		const executionData = {
			...{ contextData: {}, metadata: {}, waitingExecution: {}, waitingExecutionSource: {} },
			nodeExecutionStack: [first],
		};
		const saved = await run(
			{ startData: {}, resultData: { runData: {} }, executionData },
			'webhook',
		);
		const passed = (id: string) => [
			`Branch ${id}`,
			`Other ${id}`,
			`Merge ${id},${id}`,
			`End ${id},${id}`,
		];
		expect(ran).toEqual(passed('one,two'));
		expect(saved.resultData.error?.message).toBe('cannot tell');
		// As n8n retries it (execution.service.js).
		const { lastNodeExecuted, runData } = saved.resultData;
		expect(lastNodeExecuted).toBe('Trigger');
		delete saved.resultData.error;
		runData.Trigger!.pop();
		isWell = true;
		const again = await run(saved, 'retry');
		expect(again.resultData.error).toBeUndefined();
		expect(ran).toEqual([...passed('one,two'), ...passed('bad')]);
	});
});
