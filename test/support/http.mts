import { Agent, type Dispatcher, request } from 'undici';

export interface HttpRequest {
	method?: Dispatcher.HttpMethod;
	/** Names keep the case that they are given in. */
	headers?: Record<string, string>;
	body?: string | Uint8Array;
	/** From the start of the request to the end of the response. */
	timeoutMs?: number;
	acceptSelfSigned?: boolean;
	/** Pool of connections; by default a new connection for this request. */
	connections?: Connections;
}

export interface HttpResponse {
	status: number;
	headers: Dispatcher.ResponseData['headers'];
	body: string;
	/** The body as it came. */
	bytes: Buffer;
	ms: number;
}

/** Without the bytes, where only the text matters. */
export type TextResponse = Omit<HttpResponse, 'bytes'>;

export class TimeoutError extends Error {
	constructor(ms: number) {
		super(`no response within ${ms} ms`);
	}
}

/** Connections reused between requests and closed together. */
export class Connections {
	private readonly keepAlive: boolean;
	private readonly agents = new Map<boolean, Agent>();

	constructor({ keepAlive }: { keepAlive: boolean }) {
		this.keepAlive = keepAlive;
	}

	agent(acceptSelfSigned: boolean): Agent {
		const existing = this.agents.get(acceptSelfSigned);
		if (existing) return existing;
		const agent = new Agent({
			pipelining: this.keepAlive ? 1 : 0,
			connect: { rejectUnauthorized: !acceptSelfSigned },
		});
		this.agents.set(acceptSelfSigned, agent);
		return agent;
	}

	async close(): Promise<void> {
		await Promise.all([...this.agents.values()].map(async (agent) => await agent.destroy()));
	}
}

/** The server may close a reused connection at the moment of the next request. */
const single = new Connections({ keepAlive: false });

/**
 * Sends one HTTP request. Every status is a response.
 *
 * @throws TimeoutError after `timeoutMs`, or what breaks the connection
 */
export async function send(
	url: string | URL,
	{ method = 'GET', headers, body, timeoutMs = 60_000, ...transport }: HttpRequest = {},
): Promise<HttpResponse> {
	const { acceptSelfSigned = false, connections = single } = transport;
	const start = performance.now();
	const signal = AbortSignal.timeout(timeoutMs);
	try {
		const response = await request(url, {
			...{ method, headers, body, signal },
			dispatcher: connections.agent(acceptSelfSigned),
		});
		const bytes = Buffer.from(await response.body.arrayBuffer());
		const ms = Math.round(performance.now() - start);
		const { statusCode: status, headers: received } = response;
		return { status, headers: received, body: bytes.toString(), bytes, ms };
	} catch (error) {
		throw signal.aborted ? new TimeoutError(timeoutMs) : error;
	}
}
