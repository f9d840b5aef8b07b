import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteData,
	INode,
	INodeExecutionData,
	INodeType,
	IRunExecutionData,
} from 'n8n-workflow';
import { vi } from 'vitest';
import type { Simulator } from '../../simulator/index.mts';
import { additionalData } from './additional-data.mts';
import { ExecuteContext, n8nWorkflow, Workflow } from './n8n.mts';
import { credentialFor } from './scene.mts';

export interface NodeRun {
	/** `resource`, `operation` and the fields; a field left out has its default, as in n8n. */
	parameters: IDataObject;
	/** What comes into the node; one empty item if absent. */
	input?: INodeExecutionData[];
	/** "On Error: Continue". */
	continueOnFail?: boolean;
	credential?: ICredentialDataDecryptedObject;
	/** Of the workflow; that of n8n if absent. */
	timezone?: string;
	/** Most ms that the node waits for an answer; 60 s as in production if absent. */
	longestCall?: number;
}

/** All that one run gives: items, or what was thrown; and hints in any case. */
export interface NodeOutcome {
	items?: INodeExecutionData[];
	thrown?: unknown;
	hints: unknown[];
}

/** Runs the action node once, in n8n-core's own context, against a simulated site. */
export async function runNode(site: Simulator, run: NodeRun): Promise<INodeExecutionData[]> {
	const { nodeType, context } = await prepared(site, run);
	const [items] = (await nodeType.execute!.call(context)) as INodeExecutionData[][];
	return items!;
}

/** The same, with everything that it leaves behind; never throws. */
export async function outcomeOf(site: Simulator, run: NodeRun): Promise<NodeOutcome> {
	const { nodeType, context } = await prepared(site, run);
	const { hints } = context;
	try {
		const [items] = (await nodeType.execute!.call(context)) as INodeExecutionData[][];
		return { items: items!, hints };
	} catch (thrown) {
		return { thrown, hints };
	}
}

async function prepared(site: Simulator, run: NodeRun) {
	const { node: nodeType, credential } = await load();
	const { parameters, continueOnFail, input = [{ json: {} }], longestCall = Infinity } = run;
	const node: INode = {
		id: randomUUID(),
		name: 'CXone Expert',
		type: 'n8n-nodes-cxone-expert.cxoneExpert',
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
		...(continueOnFail ? { onError: 'continueRegularOutput' as const } : {}),
	};
	const workflow = workflowWith(nodeType, node, run.timezone);
	const data = { main: [input] };
	const secrets = { ...credentialFor(site), ...run.credential };
	const context = new ExecuteContext(
		workflow,
		workflow.getNode(node.name)!,
		additionalData('http://127.0.0.1:5678', () => secrets, { credential } as never, longestCall),
		'manual',
		{ resultData: { runData: {} } } as unknown as IRunExecutionData,
		0,
		input,
		data,
		{ node, data, source: null } as IExecuteData,
		[],
	);
	return { nodeType, context };
}

/** The JSON of what the node gives. */
export async function outputOf(site: Simulator, run: NodeRun): Promise<IDataObject[]> {
	return (await runNode(site, run)).map(({ json }) => json);
}

/** What the operations have asked the site, without the question whether the token is accepted. */
export function callsOf(site: Simulator) {
	return site.apiCalls.filter(({ path }) => path !== '/@api/deki/users/current');
}

/** What the node throws, with the two texts that n8n shows; fails when it does not throw. */
export async function refusalOf(
	site: Simulator,
	run: NodeRun,
): Promise<Error & { description?: string | null; httpCode?: string | null }> {
	const thrown = await runNode(site, run).then(
		() => undefined,
		(error: Error) => error,
	);
	if (thrown === undefined) throw new Error('The node did not refuse it');
	return thrown;
}

/** The node and its credential, as n8n would load them. */
export async function load() {
	// The same copy of n8n-workflow as n8n-core has, as it is in n8n.
	vi.doMock('n8n-workflow', () => ({ ...n8nWorkflow }));
	const { CxoneExpert } = await import('../../../nodes/CxoneExpert/CxoneExpert.node.ts');
	const { CxoneExpertApi } = await import('../../../credentials/CxoneExpertApi.credentials.ts');
	return { node: new CxoneExpert() as INodeType, credential: new CxoneExpertApi() };
}

/** A workflow of this one node. */
export function workflowWith(nodeType: INodeType, node: INode, timezone?: string) {
	return new Workflow({
		id: randomUUID(),
		name: 'Test',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
		settings: timezone === undefined ? {} : { timezone },
	});
}
