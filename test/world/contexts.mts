import type {
	ICheckProcessedContextData,
	ICredentialsDecrypted,
	ICheckProcessedOptions,
	IDataObject,
	IHttpRequestOptions,
	INode,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { additionalData, instanceSettings, workflowOf } from '../support/integration/n8n.mts';
import { ProcessedItems } from '../support/processed-items.mts';
import type { Database, Row } from './database.mts';
import type { Process } from './process.mts';

/* A workflow as a process has loaded it, and n8n-core's contexts for its node. */

/** What all processes of an n8n have in common. */
export interface Shared {
	database: Database;
	/** Sends a call to the site. */
	call: (request: IHttpRequestOptions) => Promise<unknown>;
}

const URL_OF_N8N = 'https://n8n.example';

export class Loaded {
	readonly workflow: ReturnType<typeof workflowOf>;
	readonly node: INode;
	readonly row: Row;
	readonly process: Process;
	private readonly shared: Shared;

	constructor(shared: Shared, row: Row, process: Process, staticData?: IDataObject) {
		this.shared = shared;
		this.row = row;
		this.process = process;
		const { id, node, staticData: stored } = row;
		this.workflow = workflowOf(this.type as never, {
			...{ id, active: true, nodes: [structuredClone(node)] },
			staticData: staticData ?? (JSON.parse(stored) as IDataObject),
		});
		// n8n's own list of nodes, which has what was loaded last.
		Object.assign(this.workflow.nodeTypes, { getByNameAndVersion: () => this.type });
		this.node = this.workflow.getNode(node.name)!;
	}

	/** The class that n8n calls now: it may have been updated since. */
	get type() {
		return this.row.role === 'polled' ? this.process.polling : this.process.trigger;
	}

	/** Saves the column if a node has assigned to it, and then all of it. */
	readonly save = (): void => {
		const { staticData } = this.workflow;
		if (!this.process.isAlive || staticData.__dataChanged !== true) return;
		this.row.staticData = JSON.stringify(staticData);
		staticData.__dataChanged = false;
	};

	additional(more: Partial<IWorkflowExecuteAdditionalData> = {}): IWorkflowExecuteAdditionalData {
		const { database } = this.shared;
		const read = async () => {
			await database.statement(this.process, 'credential');
			return database.credential;
		};
		return Object.assign(additionalData(URL_OF_N8N, read, this.process as never), more);
	}

	webhookData() {
		const { node, process, row } = this;
		return {
			...{ httpMethod: 'POST', node: node.name, path: `${node.webhookId}/webhook`, isTest: false },
			webhookDescription: process.trigger.description.webhooks![0],
			...{ workflowId: row.id, workflowExecuteAdditionalData: this.additional() },
		} as never;
	}

	/** Gives a context the role of its process, the way to the site, and the store of processed items. */
	adapt<T extends object>(context: T): T {
		const { process, shared } = this;
		const { helpers } = context as { helpers: Record<string, unknown> };
		helpers.httpRequestWithAuthentication = async (
			_type: string,
			request: IHttpRequestOptions,
			{ credentialsDecrypted }: { credentialsDecrypted: ICredentialsDecrypted },
		) => {
			const { data } = credentialsDecrypted;
			const signed = await process.credential.authenticate(data!, { headers: {}, ...request });
			return await process.outside(shared.call(signed));
		};
		Object.assign(
			helpers,
			this.storeHelpers(context as unknown as Pick<ICheckProcessedContextData, 'node'>),
		);
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
