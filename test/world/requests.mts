import { EventEmitter } from 'node:events';
import type { IWebhookResponseData } from 'n8n-workflow';
import { Loaded, type Shared } from './contexts.mts';
import type { Row } from './database.mts';
import type { Executions } from './executions.mts';
import type { Process } from './process.mts';
import type { Sent } from './site.mts';

/* One request at n8n, in the order of its live-webhooks and webhook-helpers for the response mode `onReceived`. */

/** What becomes of a body. */
export interface BodyOnItsWay {
	slowMs?: number;
	/** The sender hangs up before its end. */
	isAborted?: true;
}

interface Parts {
	shared: Shared;
	executions: Executions;
	/** Whether the response waits for a place to run. */
	waitsForPlace: boolean;
	note: (line: string) => void;
}

export class Requests {
	private readonly parts: Parts;

	constructor(parts: Parts) {
		this.parts = parts;
	}

	/**
	 * @returns the status, or undefined where nobody has heard it
	 */
	async take(row: Row, process: Process, sent: Sent, { slowMs = 0, isAborted }: BodyOnItsWay) {
		const request = new Request(sent, async () => {
			await process.sleep(slowMs);
			return isAborted !== true;
		});
		const response = new Response();
		const responded = new Promise<number>((resolve) => {
			response.once('finish', () => {
				request.dump();
				resolve(response.statusCode);
			});
		});
		void this.run(row, process, request, response);
		const status = await process.untilKilled(responded);
		return isAborted ? undefined : status;
	}

	/** What n8n does with a request for a route that it has. */
	async run(row: Row, process: Process, request: Taken, response: Responding, isTest = false) {
		await process.sleep(2);
		const loaded = new Loaded(this.parts.shared, row, process, { isTest });
		const { staticData } = loaded.workflow;
		try {
			const result = await this.callNode(loaded, request, response);
			if (result.noWebhookResponse === true) return await this.afterOwnResponse(loaded, result);
			// n8n makes a second object on the same static data, which resets the mark "changed".
			new Loaded(this.parts.shared, row, process, { staticData });
			if (result.workflowData !== undefined) await this.execute(loaded, result);
			const body = this.bodyOf(result) ?? { message: 'Workflow was started' };
			await this.save(loaded);
			response.setHeader('Content-Security-Policy', 'sandbox');
			response.status(200).send(body);
		} catch (error) {
			const { message } = error as Error;
			this.parts.note(`n8n responds 500: ${message}`);
			response.status(500).send({ code: 0, message });
		}
	}

	/** n8n reads the body itself unless the node has this parameter. */
	protected async callNode(loaded: Loaded, request: Taken, response: Responding) {
		const { options } = loaded.node.parameters as { options?: { binaryData?: boolean } };
		if (options?.binaryData !== true) await request.readRawBody();
		const context = loaded.webhookContext(request, response);
		return await loaded.process.trigger.webhook.call(context);
	}

	/** n8n looks into it between the execution and static data, and the node relies on when. */
	protected bodyOf({ webhookResponse }: IWebhookResponseData): unknown {
		return webhookResponse;
	}

	private async afterOwnResponse(loaded: Loaded, result: IWebhookResponseData): Promise<void> {
		await this.save(loaded);
		if (result.workflowData === undefined) return;
		await this.execute(loaded, result).catch((error: unknown) => this.lose(error as Error));
	}

	protected lose({ message }: Error): void {
		this.parts.note(`execution lost after the response: ${message}`);
	}

	private async execute(loaded: Loaded, { workflowData }: IWebhookResponseData) {
		const { executions, waitsForPlace } = this.parts;
		const { isTest, process } = loaded;
		const items = workflowData?.[0] ?? [];
		const mode = isTest ? 'manual' : 'webhook';
		const execution = await executions.save({ loaded, items, mode });
		if (execution === undefined) return;
		const began = executions.begin(execution, waitsForPlace ? process : undefined);
		if (waitsForPlace) await began;
	}

	/** n8n logs what fails here, and goes on. */
	private async save(loaded: Loaded): Promise<void> {
		const { database } = this.parts.shared;
		await database.statement(loaded.process, 'staticData').then(
			() => loaded.save(),
			() => this.parts.note('static data is not saved'),
		);
	}
}

/** What n8n does with a request by itself. */
interface Taken {
	readRawBody: () => Promise<void>;
}

/** And with its response. */
interface Responding {
	setHeader(name: string, value: string): unknown;
	status(code: number): { send(body: unknown): unknown };
}

/** A request as n8n hands it to a node that reads the body by itself. */
class Request {
	readonly method = 'POST';
	readonly headers: Record<string, string>;
	readonly query = {};
	readonly params = {};
	readonly body = {};
	complete = true;
	destroyed = false;
	/** The stream flows: nobody can read the body any more. */
	readableFlowing: boolean | null = null;
	rawBody?: Buffer;
	private isRead = false;
	private readonly sent: Sent;
	/** @returns whether all of it has come */
	private readonly arrive: () => Promise<boolean>;

	constructor(sent: Sent, arrive: () => Promise<boolean>) {
		this.sent = sent;
		this.arrive = arrive;
		const headers = Object.entries(sent.headers);
		this.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
	}

	readonly readRawBody = async (): Promise<void> => {
		if (this.destroyed || this.readableFlowing === true) {
			const message = 'Request body stream was aborted or is not readable';
			throw Object.assign(new Error(message), { httpStatusCode: 400 });
		}
		this.isRead = true;
		this.complete = await this.arrive();
		if (!this.complete) {
			this.destroyed = true;
			throw Object.assign(new Error('request aborted'), { type: 'request.aborted' });
		}
		this.rawBody = this.sent.event.body;
	};

	/** Node throws a body away that nobody has begun to read when the response is out, and ends its stream. */
	dump(): void {
		if (this.isRead) return;
		this.readableFlowing = true;
		this.destroyed = true;
	}

	destroy(): void {
		this.destroyed = true;
	}

	read(): null {
		return null;
	}

	unpipe(): void {}

	resume(): void {}
}

class Response extends EventEmitter {
	statusCode = 200;
	headersSent = false;
	private readonly head = new Map<string, unknown>();

	setHeader(name: string, value: unknown): this {
		this.head.set(name, value);
		return this;
	}

	getHeaderNames(): string[] {
		return [...this.head.keys()];
	}

	removeHeader(name: string): void {
		this.head.delete(name);
	}

	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	send(): this {
		return this.end();
	}

	end(): this {
		if (this.headersSent) return this;
		this.headersSent = true;
		this.emit('finish');
		return this;
	}
}
