import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { receiveDelivery } from './built.mts';
import { realSeconds, setClock } from './clock.mts';
import type { Subject } from './harness.mts';
import { AUTHORIZATION, SECRET, type SignedHeaders, signedHeaders } from './sample.mts';

/** What one trigger node is given: options as a workflow author sets them, and what n8n has stored for it. */
export interface Given {
	additionalOptions?: Record<string, unknown>;
	stored?: (nodeId: string) => IDataObject;
}

/** The least that n8n does around the node: request, response, static data. No HTTP, no database. */
export class Trigger {
	bodyReads = 0;
	lastStatus = 0;
	staticData: IDataObject;
	private readonly nodeId = `node-${++nodes}`;
	private readonly parameters: Record<string, unknown>;
	private request: Request | undefined;
	private response: Response | undefined;
	/** Made once, as the deliveries come one by one: what n8n makes for each is not the node's cost. */
	private readonly context = {
		getMode: () => 'webhook',
		getNode: () => ({ id: this.nodeId, name: 'Trigger' }),
		getWorkflow: () => ({ id: 'w' }),
		getWorkflowStaticData: () => this.staticData,
		getNodeWebhookUrl: () => 'https://n8n.example.com/webhook/1/webhook',
		getNodeParameter: (name: string, fallback: unknown) => this.parameters[name] ?? fallback,
		getCredentials: async () => credential,
		getRequestObject: () => this.request,
		getHeaderData: () => this.request?.headers,
		getResponseObject: () => this.response,
		helpers: { returnJsonArray: (items: IDataObject[]) => items.map((json) => ({ json })) },
		logger: { info: () => {}, warn: () => {}, error: failOnFault },
	};

	constructor({ additionalOptions = {}, stored = () => ({}) }: Given = {}) {
		this.parameters = { events: ['page_delete'], additionalOptions };
		this.staticData = stored(this.nodeId);
	}

	/** @returns whether n8n starts the workflow */
	async receive(headers: SignedHeaders, body: Buffer): Promise<boolean> {
		setClock(Number(headers['x-nexus-timestamp']));
		this.request = new Request(headers, body, () => (this.bodyReads += 1));
		const response = (this.response = new Response());
		const given = await receiveDelivery.call(this.context as unknown as IWebhookFunctions);
		this.lastStatus = response.statusCode;
		const item = given.workflowData?.[0]?.[0];
		if (item === undefined) return false;
		// n8n stores the execution, for which it looks for binary data; reads this, and responds.
		void item.binary;
		if (given.webhookResponse === '') response.end();
		return true;
	}
}

let nodes = 0;

const credential = {
	siteUrl: 'https://help.example.com',
	authentication: 'jwt',
	longTermToken: 'jwt of the bench',
	signingSecret: SECRET,
	deliveryToken: AUTHORIZATION,
};

class Request {
	rawBody: Buffer | undefined;
	readonly headers: SignedHeaders;
	private readonly body: Buffer;
	private readonly whenRead: () => void;

	constructor(headers: SignedHeaders, body: Buffer, whenRead: () => void) {
		this.headers = headers;
		this.body = body;
		this.whenRead = whenRead;
	}

	async readRawBody(): Promise<void> {
		this.whenRead();
		this.rawBody = this.body;
	}
}

class Response {
	statusCode = 200;
	getHeaderNames() {
		return [];
	}
	removeHeader() {}
	setHeader() {
		return this;
	}
	setHeaders() {
		return this;
	}
	end() {}
}

/** What the journey does not expect it tells n8n's log; here nothing of the kind may go by. */
function failOnFault(message: string): void {
	throw new Error(message);
}

/** Signed deliveries of one body, a second apart, one after the other and from the start again. */
export class Deliveries {
	readonly body: Buffer;
	private readonly all: SignedHeaders[];
	private taken = 0;
	private readonly atStart: () => void;

	/** @param atStart called before the first is given again: who has seen it would not run it */
	constructor(xml: string, count: number, atStart: () => void = () => {}) {
		this.body = Buffer.from(xml);
		const from = realSeconds();
		this.all = Array.from({ length: count }, (_, n) => signedHeaders(this.body, from + n, n));
		this.atStart = atStart;
	}

	readonly next = (): SignedHeaders => {
		const index = this.taken++ % this.all.length;
		if (index === 0) this.atStart();
		return this.all[index]!;
	};
}

/** So many deliveries go to one node, then comes a new one that remembers nothing. */
export const PER_NODE = 128;

/** One genuine delivery: all that the node does from n8n's call to its response. */
export function accepted(name: string, xml: string, given: Given = {}): Subject {
	let trigger: Trigger;
	const deliveries = new Deliveries(xml, PER_NODE, () => (trigger = new Trigger(given)));
	const run = async () => {
		const headers = deliveries.next();
		if (!(await trigger.receive(headers, deliveries.body))) throw new Error('it started nothing');
	};
	return { name, run };
}
