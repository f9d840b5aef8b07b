import type {
	ICheckProcessedContextData,
	ICredentialsDecrypted,
	ICheckProcessedOptions,
	IDataObject,
	IExecuteData,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	IRunExecutionData,
	ITriggerFunctions,
	IWebhookData,
	IWorkflowExecuteAdditionalData,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import {
	additionalData,
	ExecuteContext,
	HookContext,
	instanceSettings,
	PollContext,
	TriggerContext,
	WebhookContext,
} from '../support/integration/n8n.mts';
import { ProcessedItems } from '../support/processed-items.mts';
import type { Database, Row } from './database.mts';
import type { Process } from './process.mts';

/* A workflow as a process has loaded it, and n8n-core's contexts for its node. */

/** What all processes of an n8n have in common. */
export interface Shared {
	database: Database;
	urlOfN8n: string;
	/** Sends a call to the site; without it n8n-core sends it, and its own store of processed items is used. */
	call?: (request: IHttpRequestOptions) => Promise<unknown>;
}

export type Hook = 'checkExists' | 'create' | 'delete';
export type Output = INodeExecutionData[][];

/** What n8n does for a trigger. */
interface Services {
	emit: (data: Output, key?: string) => Promise<void>;
	alert: (error: Error) => void;
	registerCron: RegisterCron;
}

export type RegisterCron = (cron: { expression: string }, onTick: (at: Date) => unknown) => void;

/** Things that differ in a few of them. */
interface Given {
	/** The object, instead of a fresh copy of the column. */
	staticData?: IDataObject | undefined;
	/** Somebody listens for a test event: nothing is saved. */
	isTest?: boolean;
}

export class Loaded {
	readonly workflow: ReturnType<Row['toWorkflow']>;
	readonly node: INode;
	readonly row: Row;
	readonly process: Process;
	readonly isTest: boolean;
	private readonly shared: Shared;

	constructor(shared: Shared, row: Row, process: Process, { staticData, isTest }: Given = {}) {
		this.shared = shared;
		this.row = row;
		this.process = process;
		this.isTest = isTest ?? false;
		const stored = staticData ?? (this.isTest ? {} : row.loadStaticData());
		this.workflow = row.toWorkflow(this.type as never, stored);
		// n8n's own list of nodes, which has what was loaded last.
		Object.assign(this.workflow.nodeTypes, { getByNameAndVersion: () => this.type });
		this.node = this.workflow.getNode(row.node.name)!;
	}

	/** The class that n8n calls now: it may have been updated since. */
	get type() {
		return this.row.role === 'polled' ? this.process.polling : this.process.trigger;
	}

	/** Saves the column if a node has assigned to it, and then all of it. */
	readonly save = (): void => {
		const { staticData } = this.workflow;
		if (this.isTest || !this.process.isAlive || staticData.__dataChanged !== true) return;
		this.row.staticData = JSON.stringify(staticData);
		this.row.saves++;
		staticData.__dataChanged = false;
	};

	/** Calls a hook of the node's webhook. */
	async hook(name: Hook, activation: WorkflowActivateMode): Promise<boolean> {
		const parts = this.partsFor(this.isTest ? 'manual' : 'trigger');
		const context = new HookContext(...parts, activation, this.webhookData());
		const hooks = this.process.trigger.webhookMethods.default;
		const result = await this.process.outside(hooks[name].call(this.adapt(context)));
		this.save();
		return result;
	}

	webhookContext(request: unknown, response: unknown) {
		const objects = { httpRequest: request as never, httpResponse: response as never };
		const parts = this.partsFor(this.isTest ? 'manual' : 'webhook', objects);
		return this.adapt(new WebhookContext(...parts, this.webhookData(), [], null));
	}

	triggerContext(
		activation: WorkflowActivateMode,
		{ emit, alert, registerCron }: Services,
		mode: WorkflowExecuteMode = 'trigger',
	) {
		const emitAll: ITriggerFunctions['emit'] = (data, _response, done, key) => {
			const failed = (error: Error) => done?.reject(error);
			void emit(data, key as string | undefined).then(() => done?.resolve(undefined as never), failed);
		};
		const again = () => {
			throw new Error('The trigger must not have n8n publish it again');
		};
		const parts = this.partsFor(mode);
		const cron = { registerCron } as never;
		return this.adapt(new TriggerContext(...parts, activation, emitAll, again, alert, cron));
	}

	pollContext(activation: WorkflowActivateMode, registerCron: RegisterCron, getPollBudgetMs = () => 300_000) {
		const context = this.adapt(new PollContext(...this.partsFor('trigger'), activation));
		Object.assign(context, { getPollBudgetMs });
		Object.assign(context.helpers, { registerCron });
		return context;
	}

	/** For the first step of an execution. */
	executeContext(
		{ id, mode }: { id: string; mode: WorkflowExecuteMode },
		input: INodeExecutionData[],
		result: IRunExecutionData,
	) {
		const parts = this.partsFor(mode, { executionId: id });
		const data = { main: [input] };
		const started: IExecuteData = { node: this.node, data, source: null };
		return this.adapt(new ExecuteContext(...parts, result, 0, input, data, started, []));
	}

	private partsFor(mode: WorkflowExecuteMode, more?: Partial<IWorkflowExecuteAdditionalData>) {
		const additional = Object.assign(this.additional(), more);
		return [this.workflow, this.node, additional, mode] as const;
	}

	private additional(): IWorkflowExecuteAdditionalData {
		const { database, urlOfN8n } = this.shared;
		const read = async () => {
			await database.statement(this.process, 'credential');
			return database.credential;
		};
		return additionalData(urlOfN8n, read, this.process);
	}

	private webhookData(): IWebhookData {
		const { isTest, node, process, row } = this;
		return {
			...{ httpMethod: 'POST', node: node.name, path: `${node.webhookId}/webhook`, isTest },
			webhookDescription: process.trigger.description.webhooks![0],
			...{ workflowId: row.id, workflowExecuteAdditionalData: this.additional() },
		} as IWebhookData;
	}

	/** Gives a context the role of its process, the way to the site, and the store of processed items. */
	private adapt<T extends object>(context: T): T {
		const { process, shared } = this;
		const { call } = shared;
		if (call === undefined) return context;
		const { helpers } = context as { helpers: Record<string, unknown> };
		helpers.httpRequestWithAuthentication = async (
			_type: string,
			request: IHttpRequestOptions,
			{ credentialsDecrypted }: { credentialsDecrypted: ICredentialsDecrypted },
		) => {
			const { data } = credentialsDecrypted;
			const signed = await process.credential.authenticate(data!, { headers: {}, ...request });
			return await process.outside(call(signed));
		};
		Object.assign(helpers, this.storeHelpers(context as unknown as Pick<ICheckProcessedContextData, 'node'>));
		const role = { ...instanceSettings, instanceType: process.kind };
		return Object.assign(context, { instanceSettings: role });
	}

	/** Those of n8n-core lead to one store for the whole thread, which knows no process. */
	private storeHelpers(context: Pick<ICheckProcessedContextData, 'node'>) {
		const { workflow, process } = this;
		const { database } = this.shared;
		const store = new ProcessedItems(database.processed);
		store.access = async () => await database.statement(process, 'processed');
		const of = ({ mode }: ICheckProcessedOptions) => ({ mode, workflow, node: context.node });
		type Items = Array<string | number>;
		type Options = ICheckProcessedOptions;
		return {
			checkProcessedAndRecord: async (items: Items, scope: string, options: Options) =>
				await store.checkProcessedAndRecord(items, scope, of(options), options),
			removeProcessed: async (items: Items, scope: string, options: Options) =>
				await store.removeProcessed(items, scope, of(options)),
			clearAllProcessedItems: async (scope: string, options: Options) =>
				await store.clearAllProcessedItems(scope, of(options)),
			getProcessedDataCount: async (scope: string, options: Options) =>
				await store.getProcessedDataCount(scope, of(options)),
		};
	}
}
