import { randomUUID } from 'node:crypto';
import type {
	IDataObject,
	IHookFunctions,
	IHttpRequestOptions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { CxoneExpertTrigger } from '../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts';
import { deliveryHeaders, type Simulator } from '../support/simulator/index.mts';

const AUTHORIZATION = 'Bearer of-the-bench-and-of-a-usual-length';

/** A delivery that is signed already: signing is Expert's work. */
export interface SignedDelivery {
	headers: Record<string, string>;
	body: Buffer;
	seconds: number;
}

/** One published trigger with the least that n8n does around it: no HTTP server, no database. */
export class BenchTrigger {
	private readonly node: CxoneExpertTrigger;
	private readonly site: Simulator;
	private readonly id = randomUUID();
	private readonly staticData: IDataObject = {};
	private request: object = {};
	private response = silentResponse();
	private readonly context: object;
	/** What n8n calls each minute. */
	tick: () => Promise<void> = async () => {};

	constructor(node: CxoneExpertTrigger, site: Simulator) {
		this.node = node;
		this.site = site;
		const { url: siteUrl, longTermToken, signingSecret } = site;
		const secrets = { siteUrl, authentication: 'jwt', longTermToken, signingSecret };
		const credential = { ...secrets, deliveryToken: AUTHORIZATION };
		const parameters: IDataObject = { events: ['page_delete'] };
		// Made once: what n8n makes for each request is not the node's cost.
		this.context = {
			getMode: () => 'webhook',
			getActivationMode: () => 'activate',
			getNode: () => ({ id: this.id, name: 'Trigger', webhookId: this.id }),
			getWorkflow: () => ({ id: this.id, name: 'Bench' }),
			getWorkflowStaticData: () => this.staticData,
			getNodeWebhookUrl: () => `https://n8n.example.com/webhook/${this.id}/webhook`,
			getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
			getCredentials: async () => credential,
			getRequestObject: () => this.request,
			getHeaderData: () => (this.request as SignedDelivery).headers,
			getResponseObject: () => this.response,
			helpers: {
				registerCron: (_: unknown, tick: () => Promise<void>) => (this.tick = tick),
				returnJsonArray: (items: IDataObject[]) => items.map((json) => ({ json })),
				httpRequestWithAuthentication: async (_: string, options: IHttpRequestOptions) =>
					await this.call(options),
			},
			logger: { debug: () => {}, info: () => {}, warn: () => {}, error: failOnFault },
		};
	}

	/** The watch looks at the webhook when it is told to. */
	async publish(): Promise<this> {
		ahead = 0;
		await this.node.webhookMethods.default.create.call(this.context as IHookFunctions);
		await this.node.trigger.call(this.context as ITriggerFunctions);
		return this;
	}

	/** @throws when the trigger starts nothing */
	async receive({ headers, body, seconds }: SignedDelivery): Promise<void> {
		setClock(seconds);
		const readRawBody = async () => void Object.assign(this.request, { rawBody: body });
		this.request = { headers, readRawBody };
		this.response = silentResponse();
		const given = await this.node.webhook.call(this.context as IWebhookFunctions);
		const item = given.workflowData?.[0]?.[0];
		if (item === undefined) throw new Error(`It started nothing: ${this.response.statusCode}`);
		// n8n stores the execution, for which it looks for binary data; reads this, and responds.
		void item.binary;
		if (given.webhookResponse === '') this.response.end();
	}

	/** A genuine delivery of this unix second. */
	sign(body: Buffer, seconds: number): SignedDelivery {
		const sent = deliveryHeaders({
			authorization: AUTHORIZATION,
			secret: this.site.signingSecret,
			timestamp: String(seconds),
			eventType: 'Page_Delete',
			deliveryId: randomUUID(),
			contentType: 'application/xml; charset=utf-8',
			body,
		});
		const headers = Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]);
		return { headers: Object.fromEntries(headers) as Record<string, string>, body, seconds };
	}

	/** What the node stores for its deliveries, as n8n writes it. */
	get storedBytes(): number {
		return JSON.stringify(this.staticData).length;
	}

	private async call({ url, method, body, qs }: IHttpRequestOptions) {
		const { pathname } = new URL(url);
		const query = new URLSearchParams(qs as Record<string, string>).toString();
		const path = `${pathname.replace('/@api/deki', '')}?${query}`;
		const response = await this.site.ask(method!, path, body as string);
		const date = new Date(Date.now()).toUTCString();
		const { status: statusCode, headers, body: text } = response;
		return { statusCode, headers: { ...headers, date }, body: text };
	}
}

/** What the node sets goes nowhere. */
function silentResponse() {
	const ignored = () => {};
	const headers = { getHeaderNames: () => [], removeHeader: ignored, setHeader: ignored };
	return { statusCode: 200, ...headers, setHeaders: ignored, end: ignored };
}

/** What the node does not expect it tells n8n's log; here nothing of the kind may go by. */
function failOnFault(message: string): void {
	throw new Error(message);
}

/*
 * The clock of the bench: thousands of deliveries within one second would all be remembered, whatever
 * the limits of the node say.
 */
const realNow = Date.now;
const realPerformanceNow = performance.now.bind(performance);
let ahead = 0;
Date.now = () => realNow() + ahead;
performance.now = () => realPerformanceNow() + ahead;

/** It is this unix second from here on. */
function setClock(seconds: number): void {
	ahead = seconds * 1000 - realNow();
}

/** The current unix second. */
export function realSeconds(): number {
	return Math.floor(realNow() / 1000);
}
