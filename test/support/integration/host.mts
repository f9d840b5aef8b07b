import { randomUUID } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	INode,
	INodeType,
} from 'n8n-workflow';
import { additionalData, type Workflow, workflowOf } from './n8n.mts';
import { Hooks } from './hooks.mts';
import { forgetModules, loadPackage, type PackageUnderTest } from './package-under-test.mts';
import { runTrigger, runWebhook } from './run-webhook.mts';
import { listenLocally } from '../local-server.mts';
import { waitUntilEmpty } from '../wait.mts';
import type { IncomingMessage } from 'node:http';
import { createGunzip, createInflate } from 'node:zlib';
import getRawBody from 'raw-body';

export interface Execution {
	items: IDataObject[];
	isTest: boolean;
}

/** A failed execution, as far as people see it. */
export interface Failure {
	message: string;
	description: string;
	isTest: boolean;
}

/** Largest body that this n8n takes, in bytes; the real one takes 16 MB. */
export const BODY_LIMIT = 256 * 1024;

/** n8n around one trigger node: the database row, the hooks and the HTTP server. */
export class Host {
	readonly row: WorkflowRow;
	credential: () => ICredentialDataDecryptedObject;
	/** Reading it. */
	readCredential: () => Promise<void> = async () => {};
	loaded!: PackageUnderTest;
	url = '';
	close!: () => Promise<void>;
	readonly executions: Execution[] = [];
	/** Output of the trigger in each execution, in the order in which they ended. */
	readonly outputs: IDataObject[][] = [];
	/** Its hints. */
	readonly hints: string[] = [];
	/** Errors of `webhook()`: n8n would record a failed execution. */
	readonly thrown: unknown[] = [];
	/** n8n's highlighted data of each execution whose first step is through. */
	readonly highlighted: Array<Record<string, string>> = [];
	/** Errors of the trigger's own step: n8n shows these executions as failed. */
	readonly failures: Failure[] = [];
	/** Items for which the trigger's own step runs once more, when all else of their execution has run. */
	readonly putOff: INodeExecutionData[][] = [];
	/** Executions that could not be stored after the node had responded by itself. */
	readonly lostExecutions: unknown[] = [];
	/** n8n is not there: connections break. */
	isAway = false;
	/** Called before n8n calls the node. */
	prepare: (request: Request) => Promise<void> = async () => {};
	/** Before n8n reads a body for the node. */
	read: () => Promise<void> = async () => {};
	/** Storing the execution; throws when the database does. */
	store: () => Promise<void> = async () => {};
	/** An n8n of another version may not look for binary data in what it has written. */
	looksForBinaryData = true;
	/** Nor run a node once more in an execution. */
	runsLater = true;
	/** What other nodes of the execution remember, such as a loop. */
	readonly contextData: Record<string, object> = {};
	/** Nor read the response of the node before it saves static data. */
	readsResponse = true;
	/** Committing it: the statements are through by then. */
	commit: () => Promise<void> = async () => {};
	/** Waiting for a free place once the execution is stored. */
	slot: () => Promise<void> = async () => {};
	/** Saving static data, after that. */
	save: () => Promise<void> = async () => {};
	/** Called behind the trigger in a recovered execution. */
	running: () => Promise<void> = async () => {};
	/** Deduplication keys of executions. */
	readonly keys = new Set<string>();
	/** A node after the trigger, which changes the execution's copy of static data. */
	downstream?: (staticData: IDataObject) => void;
	readonly production = new Hooks(this, false);
	readonly test = new Hooks(this, true);
	private readonly underWay = new Set<Promise<void>>();
	private readonly server: http.Server;

	constructor(parameters: IDataObject, credential: ICredentialDataDecryptedObject) {
		this.row = new WorkflowRow(parameters);
		this.credential = () => credential;
		const app = express().disable('x-powered-by');
		app.post('/webhook/:id/webhook', (request, response) => this.take(request, response, false));
		app.post('/webhook-test/:id/webhook', (request, response) =>
			this.take(request, response, true),
		);
		this.server = http.createServer(app);
	}

	async start(): Promise<this> {
		this.loaded = await loadPackage();
		const { url, close } = await listenLocally(this.server);
		Object.assign(this, { url, close });
		return this;
	}

	get webhookUrl(): string {
		return `${this.url}/webhook/${this.row.node.webhookId}/webhook`;
	}

	get testUrl(): string {
		return `${this.url}/webhook-test/${this.row.node.webhookId}/webhook`;
	}

	/** All items that ran, oldest first. */
	get items(): IDataObject[] {
		return this.executions.flatMap(({ items }) => items);
	}

	additionalData(): IWorkflowExecuteAdditionalData {
		const read = async () => {
			await this.readCredential();
			return this.credential();
		};
		return additionalData(this.url, read, this.loaded);
	}

	/** n8n is restarted: the database stays, the memory is gone. */
	async restart(): Promise<void> {
		await this.idle();
		forgetModules();
		this.loaded = await loadPackage();
	}

	/** n8n is killed: what is under way never ends. */
	abandon(): void {
		this.underWay.clear();
	}

	/** Every request has been worked on, whether its sender is still there or not. */
	async idle(): Promise<void> {
		await waitUntilEmpty('n8n has worked on every request', this.underWay);
	}

	/**
	 * Stores and runs an execution that the watch has started, as n8n does it for `emit`: it returns when
	 * that has ended. A key that an execution has starts nothing again.
	 */
	async emit(items: INodeExecutionData[], key = randomUUID() as string): Promise<void> {
		if (this.keys.has(key)) return;
		await this.store();
		this.keys.add(key);
		this.executions.push({ items: items.map(({ json }) => json), isTest: false });
		await this.slot();
		const workflow = this.row.toWorkflow(this.loaded.trigger, this.row.loadStaticData());
		await runTrigger(this, workflow, items, 'trigger');
		await this.running();
		this.downstream?.(workflow.staticData);
		this.row.saveStaticData(workflow);
	}

	/** Work that an execution does after the response has gone out. */
	later(work: () => Promise<void>): void {
		this.track(delay(5).then(work));
	}

	private take(request: Request, response: Response, isTest: boolean): void {
		if (this.isAway) return void response.destroy();
		addReadRawBody(request, BODY_LIMIT, async () => await this.read());
		this.track(this.prepare(request).then(() => runWebhook(this, request, response, isTest)));
	}

	private track(work: Promise<void>): void {
		this.underWay.add(work);
		void work.finally(() => this.underWay.delete(work));
	}
}

/** A request as n8n's middleware hands it on. */
type N8nRequest = IncomingMessage & {
	rawBody?: Buffer;
	readRawBody?: () => Promise<void>;
};

/** n8n's own error for a body that ends early: a status, but not under the name `status`. */
class BadRequestError extends Error {
	readonly httpStatusCode = 400;
}

/** The small version of `rawBodyReader` in n8n's middlewares/body-parser.js. */
function addReadRawBody(
	request: N8nRequest,
	limit: number,
	before: () => Promise<void> = async () => {},
): void {
	request.readRawBody = async () => {
		if (request.rawBody) return;
		await before();
		const { stream, length } = inflated(request);
		if (request.destroyed || !stream.readable) {
			throw new BadRequestError('Request body stream was aborted or is not readable');
		}
		try {
			request.rawBody = await getRawBody(stream, { length, limit });
		} catch (error) {
			const { type } = error as { type?: string };
			if (type !== 'request.aborted' && type !== 'stream.not.readable') throw error;
			throw new BadRequestError('Request body stream was aborted mid-read', { cause: error });
		}
	};
}

function inflated(request: N8nRequest): { stream: NodeJS.ReadableStream; length?: string } {
	switch (request.headers['content-encoding']) {
		case 'gzip':
			return { stream: request.pipe(createGunzip()) };
		case 'deflate':
			return { stream: request.pipe(createInflate()) };
		default:
			return { stream: request, length: request.headers['content-length'] };
	}
}

type WorkflowObject = InstanceType<typeof Workflow>;

const NODE_TYPE = 'n8n-nodes-cxone-expert.cxoneExpertTrigger';

/** A workflow as n8n's database holds it. */
class WorkflowRow {
	readonly id = randomUUID().slice(0, 16);
	/** The column, as JSON text: the last writer wins. */
	staticData = '{}';
	/** How often n8n has saved the column. */
	saves = 0;
	node: INode;
	settings: IWorkflowSettings = {};
	/** Beside it. */
	readonly others: INode[] = [];

	constructor(parameters: IDataObject) {
		this.node = {
			id: randomUUID(),
			name: 'CXone Expert Trigger',
			type: NODE_TYPE,
			typeVersion: 1,
			position: [0, 0],
			webhookId: randomUUID(),
			parameters: parameters as INode['parameters'],
			credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
		};
	}

	/** A fresh copy of the column. */
	loadStaticData(): IDataObject {
		return JSON.parse(this.staticData) as IDataObject;
	}

	/** n8n's object for this workflow, on the given static data. */
	toWorkflow(nodeType: INodeType, staticData: IDataObject): WorkflowObject {
		const nodes = structuredClone([this.node, ...this.others]);
		const { id, settings } = this;
		return workflowOf(nodeType, { id, nodes, active: true, staticData, settings });
	}

	/**
	 * Like n8n's service for static data: saves only what is marked as changed, and then all of it.
	 */
	saveStaticData(workflow: WorkflowObject): void {
		if (workflow.staticData.__dataChanged !== true) return;
		this.saves += 1;
		this.staticData = JSON.stringify(workflow.staticData);
		workflow.staticData.__dataChanged = false;
	}
}
