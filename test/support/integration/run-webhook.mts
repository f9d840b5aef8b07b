import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type {
	IDataObject,
	IExecuteData,
	INodeExecutionData,
	IWaitingForExecution,
	IRunExecutionData,
	IWebhookData,
	IWebhookResponseData,
	NodeOperationError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { withCause } from './causes.mts';
import type { Host } from './host.mts';
import { ExecuteContext, WebhookContext } from './n8n.mts';
import { elementAt } from '../present.mts';

type Workflow = ReturnType<Host['row']['toWorkflow']>;

/**
 * One request at n8n, in the order of n8n's live-webhooks.js, webhook-helpers.js and
 * workflow-runner.js for the response mode `onReceived`.
 */
export async function runWebhook(
	host: Host,
	request: Request,
	response: Response,
	isTest: boolean,
): Promise<void> {
	const staticData = isTest ? {} : host.row.loadStaticData();
	const workflow = host.row.toWorkflow(host.loaded.trigger, staticData);
	const save = async () => {
		await host.save();
		if (!isTest) host.row.saveStaticData(workflow);
	};
	try {
		const result = await callNode(host, workflow, request, response, isTest);
		if (result.noWebhookResponse === true) {
			await save();
			if (result.workflowData !== undefined) {
				await execute(host, staticData, result, isTest).catch((error: unknown) =>
					host.lostExecutions.push(error),
				);
			}
			return;
		}
		if (result.workflowData === undefined) {
			response.json(result.webhookResponse ?? { message: 'Webhook call received' });
			return;
		}
		await execute(host, staticData, result, isTest);
		const own: unknown = host.readsResponse ? result.webhookResponse : undefined;
		const body: unknown = own ?? { message: 'Workflow was started' };
		await save();
		response.status(200);
		response.setHeader('Content-Security-Policy', 'sandbox');
		response.send(body);
	} catch (error) {
		response.status(500).json({ code: 0, message: (error as Error).message });
	}
}

/** Calls the node; what it throws becomes a failed execution and n8n's error page. */
async function callNode(
	host: Host,
	workflow: Workflow,
	request: Request,
	response: Response,
	isTest: boolean,
): Promise<IWebhookResponseData> {
	const node = workflow.getNode(host.row.node.name)!;
	const additional = host.additionalData();
	additional.httpRequest = request;
	additional.httpResponse = response;
	const webhookData = {
		...{ httpMethod: 'POST', node: node.name, path: `${node.webhookId}/webhook`, isTest },
		webhookDescription: host.loaded.trigger.description.webhooks![0],
		...{ workflowId: host.row.id, workflowExecuteAdditionalData: additional },
	} as IWebhookData;
	const mode = isTest ? 'manual' : 'webhook';
	const context = new WebhookContext(workflow, node, additional, mode, webhookData, [], null);
	try {
		// n8n reads the body itself unless the node has this parameter.
		const options = node.parameters.options as IDataObject | undefined;
		if (options?.binaryData !== true) await request.readRawBody();
		return await host.loaded.trigger.webhook.call(context);
	} catch (error) {
		host.thrown.push(error);
		throw error;
	}
}

/** Stores the execution, waits for a slot and starts it. */
async function execute(
	host: Host,
	staticData: IDataObject,
	{ workflowData }: IWebhookResponseData,
	isTest: boolean,
): Promise<void> {
	// n8n makes a second object on the same static data here: it resets the mark "changed".
	host.row.toWorkflow(host.loaded.trigger, staticData);
	const workflow = host.row.toWorkflow(host.loaded.trigger, host.row.loadStaticData());
	const items = workflowData?.[0] ?? [];
	await host.store();
	if (host.looksForBinaryData) lookForBinaryData(items);
	await host.commit();
	host.executions.push({ items: items.map(({ json }) => json), isTest });
	await host.slot();
	host.later(async () => {
		await runTrigger(host, workflow, items, isTest ? 'manual' : 'webhook');
		host.downstream?.(workflow.staticData);
		// When a node has written to it, the execution's copy replaces the column.
		if (!isTest) host.row.saveStaticData(workflow);
	});
}

/** n8n looks into every item when the statements of the execution are through, then commits. */
function lookForBinaryData(items: INodeExecutionData[]): void {
	for (const item of items) Object.values(item.binary ?? {});
}

/** Output of the trigger's step, in an execution with its own copy of static data. */
export async function itemsPassedOn(
	host: Host,
	items: INodeExecutionData[],
	mode: WorkflowExecuteMode,
	executionId?: string,
): Promise<IDataObject[]> {
	const workflow = host.row.toWorkflow(host.loaded.trigger, host.row.loadStaticData());
	await runTrigger(host, workflow, items, mode, executionId);
	host.row.saveStaticData(workflow);
	return host.outputs.at(-1)!;
}

/**
 * The trigger is the first node of the execution, and runs again for the items that it has put off: a failed
 * execution is retried with those alone.
 */
export async function runTrigger(
	host: Host,
	workflow: Workflow,
	items: INodeExecutionData[],
	mode: WorkflowExecuteMode,
	executionId = randomUUID() as string,
): Promise<void> {
	const node = elementAt(Object.values(workflow.nodes), 0);
	const waitingExecution: IWaitingForExecution = {};
	const { contextData, runsLater } = host;
	const executionData = { contextData, waitingExecution, waitingExecutionSource: {} };
	const result = {
		resultData: { runData: {} },
		...(runsLater ? { executionData } : {}),
	} as unknown as IRunExecutionData;
	for (let next: INodeExecutionData[] | undefined = items; next !== undefined; ) {
		await runOnce(host, workflow, next, mode, executionId, result);
		next = waitingExecution[node.name]?.[0]?.main?.[0] ?? undefined;
		delete waitingExecution[node.name];
		if (next !== undefined) host.putOff.push(next);
	}
}

async function runOnce(
	host: Host,
	workflow: Workflow,
	items: INodeExecutionData[],
	mode: WorkflowExecuteMode,
	executionId: string,
	result: IRunExecutionData,
): Promise<void> {
	const node = elementAt(Object.values(workflow.nodes), 0);
	const data = { main: [items] };
	const execution: IExecuteData = { node, data, source: null };
	const { resultData } = result;
	const context = new ExecuteContext(
		workflow,
		node,
		{ ...host.additionalData(), executionId },
		mode,
		result,
		0,
		items,
		data,
		execution,
		[],
	);
	try {
		const passedOn = await host.loaded.trigger.execute.call(context);
		host.outputs.push(elementAt(passedOn, 0).map(({ json }) => json));
	} catch (error) {
		const { message, description } = withCause(error) as NodeOperationError;
		host.failures.push({ message, description: description ?? '', isTest: mode === 'manual' });
	}
	host.hints.push(...context.hints.map(({ message }) => message));
	host.highlighted.push(resultData.metadata ?? {});
}
