import type { IDataObject, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { vi } from 'vitest';
import { receiveDelivery } from '../../nodes/CxoneExpert/trigger/delivery/receive.ts';
import { AUTHORIZATION, type Delivery, SECRET } from './deliveries.mts';

/** Each delivery comes a second after the one before, so that the store has something to forget. */
export function nextSecond(): number {
	vi.advanceTimersByTime(1000);
	return Date.now();
}

export interface Outcome {
	status: number;
	/** The items of the execution that n8n starts; absent when it starts none. */
	items?: IDataObject[];
}

interface Given {
	parameters?: Record<string, unknown>;
	/** What n8n has stored for the workflow before the first delivery comes. */
	stored?: (nodeId: string) => Record<string, unknown>;
}

/** The whole journey of the node as it is, with n8n's edge around it: request, response, storage. */
export class TriggerUnderTest {
	readonly nodeId = randomUUID();
	private readonly parameters: Record<string, unknown>;
	/** As n8n has it in its database: text. */
	private stored: string;

	constructor({ parameters = {}, stored = () => ({}) }: Given = {}) {
		this.parameters = { events: ['*'], additionalOptions: {}, ...parameters };
		this.stored = JSON.stringify(stored(this.nodeId));
	}

	async receive({ headers, body: rawBody }: Delivery): Promise<Outcome> {
		const response = new ResponseUnderTest();
		const staticData = JSON.parse(this.stored) as Record<string, unknown>;
		const request = { headers, rawBody };
		const returned = await receiveDelivery.call(this.context(request, response, staticData));
		const { workflowData } = returned;
		if (workflowData !== undefined && returned.noWebhookResponse !== true) {
			// n8n stores the execution, reads this, responds, and saves static data.
			await nextTurn();
			assert.equal(returned.webhookResponse, '');
			response.end();
		}
		this.stored = JSON.stringify(staticData);
		assert.equal(response.responses, 1, 'each request gets exactly one response');
		const status = response.statusCode;
		const items = workflowData && itemsOf(workflowData);
		expectHarmless(items);
		return items === undefined ? { status } : { status, items };
	}

	private context(
		request: { headers: Delivery['headers'] },
		response: ResponseUnderTest,
		staticData: Record<string, unknown>,
	): IWebhookFunctions {
		const context = {
			getMode: () => 'webhook',
			getNode: () => ({ id: this.nodeId, name: 'Trigger' }),
			getWorkflow: () => ({ id: 'w' }),
			getWorkflowStaticData: () => staticData,
			getNodeWebhookUrl: () => `https://n8n.example.com/webhook/${this.nodeId}/webhook`,
			getNodeParameter: (name: string, fallback: unknown) => this.parameters[name] ?? fallback,
			getCredentials: async () => credential,
			getRequestObject: () => request,
			getHeaderData: () => request.headers,
			getResponseObject: () => response,
			helpers: { returnJsonArray: (items: IDataObject[]) => items.map((json) => ({ json })) },
			logger: { info: expectOneLine, warn: expectOneLine, error: failOnFault },
		};
		return context as unknown as IWebhookFunctions;
	}
}

const credential = {
	siteUrl: 'https://help.example.com',
	authentication: 'jwt',
	longTermToken: 'jwt of the fuzz tests',
	deliveryToken: AUTHORIZATION,
	signingSecret: SECRET,
};

class ResponseUnderTest {
	statusCode = 200;
	responses = 0;
	getHeaderNames = () => [];
	removeHeader = () => {};
	setHeader = () => this;
	setHeaders = () => this;
	end = () => {
		this.responses += 1;
	};
}

/** A reason goes to the log; nobody outside may forge further lines there. */
function expectOneLine(line: string): void {
	if (!/^[\x20-\x7e…]{1,600}$/.test(line)) {
		throw new Error(`unsafe log line: ${JSON.stringify(line)}`);
	}
}

/** The journey catches what it does not expect, tells n8n's log and responds 503. */
function failOnFault(message: string): void {
	throw new Error(`the journey has thrown: ${message}`);
}

function itemsOf(workflowData: INodeExecutionData[][]): IDataObject[] {
	assert.equal(workflowData.length, 1);
	return workflowData[0]!.map(({ json }) => json);
}

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const OWN_NAMES = PROTOTYPES.map((prototype) => Object.getOwnPropertyNames(prototype).join());

/** Nothing was added to what all objects share, and the items are plain data. */
function expectHarmless(items: unknown): void {
	PROTOTYPES.forEach((prototype, index) => {
		assert.equal(Object.getOwnPropertyNames(prototype).join(), OWN_NAMES[index]);
	});
	if (items !== undefined) expectPlain(items);
}

function expectPlain(value: unknown): void {
	if (typeof value !== 'object') return;
	if (value === null) throw new Error('null in an item: absent is absent');
	const prototype = Array.isArray(value) ? Array.prototype : Object.prototype;
	if (Object.getPrototypeOf(value) !== prototype) throw new Error('not a plain object in an item');
	for (const [name, inner] of Object.entries(value)) {
		if (name === '__proto__') throw new Error('an item with a name that sets prototypes');
		expectPlain(inner);
	}
}
