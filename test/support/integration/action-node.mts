import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	IRunExecutionData,
	INodeListSearchResult,
} from 'n8n-workflow';
import type { Simulator } from '../simulator/index.mts';
import { withCause } from './causes.mts';
import { additionalData, ExecuteContext, workflowOf, LoadOptionsContext } from './n8n.mts';
import { credentialFor } from './scene.mts';

export interface NodeRun {
	/** `resource`, `operation` and the fields; a field left out has its default, as in n8n. */
	parameters: IDataObject;
	/** Input items; by default one empty item. */
	input?: INodeExecutionData[];
	/** "On Error: Continue". */
	continueOnFail?: boolean;
	/** A model has called it. */
	asTool?: boolean;
	credential?: ICredentialDataDecryptedObject;
	/** Of the workflow; by default n8n's. */
	timezone?: string;
	/** WEBHOOK_URL of n8n. */
	urlOfN8n?: string;
}

/** Result of a run: items or the error thrown, and hints. */
export interface NodeOutcome {
	items?: INodeExecutionData[];
	thrown?: unknown;
	hints: unknown[];
}

/** How a field names a page, file, user or webhook. */
export function named(mode: string, value: IDataObject[string]): IDataObject {
	return { __rl: true, mode, value };
}

/** When a text was edited last: in the second of an edit, an operation that changes it would wait. */
export const EARLIER = new Date(Date.now() - 3_600_000);

export const byId = (id: string | number) => named('id', String(id));
export const byPath = (path: string) => named('path', path);

/** Runs the action node once, in n8n-core's own context, against a simulated site. */
export async function runNode(site: Simulator, run: NodeRun): Promise<INodeExecutionData[]> {
	return await runWith(credentialOf(site, run), run);
}

/** Runs the action node once with this credential. */
export async function runWith(credential: ICredentialDataDecryptedObject, run: NodeRun): Promise<INodeExecutionData[]> {
	const { items, thrown } = await outcomeWith(credential, run);
	if (items === undefined) throw thrown as Error;
	return items;
}

/** As {@link runNode}, with everything that it leaves behind; never throws. */
export async function outcomeOf(site: Simulator, run: NodeRun): Promise<NodeOutcome> {
	return await outcomeWith(credentialOf(site, run), run);
}

function credentialOf(site: Simulator, { credential }: Pick<NodeRun, 'credential'>): ICredentialDataDecryptedObject {
	return { ...credentialFor(site), ...credential };
}

async function outcomeWith(
	credential: ICredentialDataDecryptedObject,
	{ parameters, continueOnFail, asTool, timezone, urlOfN8n, input = [{ json: {} }] }: NodeRun,
): Promise<NodeOutcome> {
	const nodeType = await loadNode();
	const ordinary = actionNode(parameters);
	const node: INode = {
		...ordinary,
		...(asTool ? { type: `${ordinary.type}Tool` } : {}),
		...(continueOnFail ? { onError: 'continueRegularOutput' as const } : {}),
	};
	const workflow = workflowWith(nodeType, node, timezone);
	const data = { main: [input] };
	const context = new ExecuteContext(
		workflow,
		workflow.getNode(node.name)!,
		await dataWith(credential, urlOfN8n),
		'manual',
		{ resultData: { runData: {} } } as unknown as IRunExecutionData,
		0,
		input,
		data,
		{ node, data, source: null },
		[],
	);
	try {
		const [items] = (await nodeType.execute!.call(context)) as [INodeExecutionData[]];
		return { items, hints: context.hints };
	} catch (thrown) {
		return { thrown, hints: context.hints };
	}
}

/** The JSON of what the node gives. */
export async function outputOf(site: Simulator, run: NodeRun): Promise<IDataObject[]> {
	return (await runNode(site, run)).map(({ json }) => json);
}

/** Calls of the operations, except the one that checks the token. */
export function callsOf(site: Simulator) {
	return site.apiCalls.filter(({ path }) => path !== '/@api/deki/users/current');
}

/**
 * The error that the node throws, with the two texts that n8n shows; fails when it does not throw.
 */
export async function refusalOf(
	site: Simulator,
	run: NodeRun,
): Promise<Error & { description?: string | null; httpCode?: string | null }> {
	const { items, thrown } = await outcomeOf(site, run);
	if (items !== undefined) throw new Error('The node did not refuse it');
	return thrown as Error;
}

/** The node, as n8n would load it. */
export async function loadNode(): Promise<INodeType> {
	const { CxoneExpert } = await import('../../../nodes/CxoneExpert/CxoneExpert.node.ts');
	return new CxoneExpert();
}

/** The node as in a workflow. */
export function actionNode(parameters: IDataObject): INode {
	return {
		...{ id: randomUUID(), name: 'CXone Expert', typeVersion: 1 },
		type: 'n8n-nodes-cxone-expert.cxoneExpert',
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
	};
}

/** What n8n gives contexts of a node with this credential. */
async function dataWith(secrets: ICredentialDataDecryptedObject, urlOfN8n = 'http://127.0.0.1:5678') {
	const { CxoneExpertApi } = await import('../../../credentials/CxoneExpertApi.credentials.ts');
	const credential = new CxoneExpertApi();
	return additionalData(urlOfN8n, async () => secrets, { credential });
}

/** A workflow of this one node. */
export function workflowWith(nodeType: INodeType, node: INode, timezone?: string) {
	const settings = timezone === undefined ? {} : { timezone };
	return workflowOf(nodeType, { id: randomUUID(), nodes: [node], active: false, settings });
}

interface ListSearch {
	/** Text typed into the list. */
	filter?: string;
	/** Where the list continues. */
	token?: string;
	credential?: ICredentialDataDecryptedObject;
	/** Values entered in the node. */
	parameters?: IDataObject;
	/** By default the action node. */
	nodeType?: INodeType;
}

/** Choices of a "From List" field, in n8n-core's own context. */
export async function searchList(
	site: Simulator,
	method: string,
	{ filter, token, parameters = {}, nodeType, ...changed }: ListSearch = {},
): Promise<INodeListSearchResult> {
	const type = nodeType ?? (await loadNode());
	const node = actionNode(parameters);
	const data = await dataWith(credentialOf(site, changed));
	data.currentNodeParameters = node.parameters;
	const context = new LoadOptionsContext(workflowWith(type, node), node, data, '');
	try {
		return await type.methods!.listSearch![method]!.call(context, filter, token);
	} catch (thrown) {
		throw withCause(thrown);
	}
}

/** What the panel of the trigger shows before publishing, line by line, in n8n-core's own context. */
export async function beforePublishing(
	secrets: ICredentialDataDecryptedObject | undefined,
	urlOfN8n?: string,
): Promise<string[]> {
	const { CxoneExpertTrigger } = await import('../../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts');
	const nodeType = new CxoneExpertTrigger();
	const { credentials, ...node } = { ...actionNode({}), type: 'n8n-nodes-cxone-expert.cxoneExpertTrigger' };
	const workflow = workflowWith(nodeType, secrets === undefined ? node : { ...node, credentials: credentials! });
	const data = await dataWith(secrets ?? {}, urlOfN8n);
	const context = new LoadOptionsContext(workflow, workflow.getNode(node.name)!, data, '');
	const { emptyFieldsNotice } = await nodeType.methods.resourceMapping.checkBeforePublish.call(context);
	return emptyFieldsNotice!.split('<br>');
}
