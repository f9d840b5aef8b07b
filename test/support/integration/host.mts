import express, { type Request, type Response } from 'express';
import http, { type IncomingMessage } from 'node:http';
import { createGunzip, createInflate } from 'node:zlib';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	IWebhookResponseData,
	NodeOperationError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import getRawBody from 'raw-body';
import { Row } from '../../world/database.mts';
import { Requests } from '../../world/requests.mts';
import { listenLocally } from '../local-server.mts';
import { waitUntilEmpty } from '../wait.mts';
import { Hooks } from './hooks.mts';
import { Instance } from './instance.mts';
import { forgetModules, loadPackage } from './package-under-test.mts';

/** A failed execution, as far as people see it. */
export interface Failure {
	message: string;
	description: string;
	isTest: boolean;
}

/** Largest body that this n8n takes, in bytes; the real one takes 16 MB. */
export const BODY_LIMIT = 256 * 1024;

/** n8n around one trigger node, with an HTTP server. */
export class Host extends Instance {
	close!: () => Promise<void>;
	/** Errors of `webhook()`: n8n would record a failed execution. */
	readonly thrown: unknown[] = [];
	/** Errors of the trigger's own step: n8n shows these executions as failed. */
	readonly failures: Failure[] = [];
	/** Executions that could not be stored after the node had responded by itself. */
	readonly lostExecutions: unknown[] = [];
	/** n8n is not there: connections break. */
	isAway = false;
	/** Called before n8n calls the node. */
	prepare: (request: Request) => Promise<void> = async () => {};
	/** Before n8n reads a body for the node. */
	read: () => Promise<void> = async () => {};
	/** An n8n of another version may not read the response of the node before it saves static data. */
	readsResponse = true;
	readonly production = new Hooks(this, false);
	readonly test = new Hooks(this, true);
	private readonly requests = new RequestsUnderTest(this);
	private readonly server: http.Server;

	constructor(parameters: IDataObject, credential: ICredentialDataDecryptedObject) {
		super(new Row('delivered', parameters), () => credential);
		this.row.node.name = 'CXone Expert Trigger';
		const app = express().disable('x-powered-by');
		app.post('/webhook/:id/webhook', (request, response) => this.take(request, response, false));
		app.post('/webhook-test/:id/webhook', (request, response) => this.take(request, response, true));
		this.server = http.createServer(app);
	}

	async start(): Promise<this> {
		this.loaded = await loadPackage();
		return Object.assign(this, await listenLocally(this.server));
	}

	get url(): string {
		return this.shared.urlOfN8n;
	}

	set url(url: string) {
		this.shared.urlOfN8n = url;
	}

	get webhookUrl(): string {
		return `${this.url}/webhook/${this.row.node.webhookId}/webhook`;
	}

	get testUrl(): string {
		return `${this.url}/webhook-test/${this.row.node.webhookId}/webhook`;
	}

	get executions() {
		return this.database.executions;
	}

	/** Deduplication keys of executions. */
	get keys(): Set<string> {
		return this.database.keys;
	}

	/** All items that ran, oldest first. */
	get items(): IDataObject[] {
		return this.executions.flatMap(({ items }) => items);
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

	failed({ message, description }: NodeOperationError, isTest: boolean): void {
		this.failures.push({ message, description: description ?? '', isTest });
	}

	private take(request: Request, response: Response, isTest: boolean): void {
		if (this.isAway) return void response.destroy();
		addReadRawBody(request, BODY_LIMIT, async () => await this.read());
		const { row, requests } = this;
		const run = async () => await requests.run(row, this.loaded, request, response, isTest);
		this.track(this.prepare(request).then(run));
	}
}

/** Output of the trigger's step, in an execution with its own copy of static data. */
export async function itemsPassedOn(
	{ runner }: Host,
	items: INodeExecutionData[],
	mode: WorkflowExecuteMode,
	executionId?: string,
): Promise<IDataObject[]> {
	return await runner.runStep(items, mode, executionId);
}

class RequestsUnderTest extends Requests {
	private readonly host: Host;

	constructor(host: Host) {
		const { shared, runner: executions } = host;
		super({ shared, executions, waitsForPlace: true, note: () => {} });
		this.host = host;
	}

	protected override async callNode(...given: Parameters<Requests['callNode']>) {
		try {
			return await super.callNode(...given);
		} catch (error) {
			this.host.thrown.push(error);
			throw error;
		}
	}

	protected override bodyOf(result: IWebhookResponseData): unknown {
		return this.host.readsResponse ? super.bodyOf(result) : undefined;
	}

	protected override lose(error: Error): void {
		this.host.lostExecutions.push(error);
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
function addReadRawBody(request: N8nRequest, limit: number, before: () => Promise<void> = async () => {}): void {
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
