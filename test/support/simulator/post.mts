import http from 'node:http';
import https from 'node:https';

export interface PostRequest {
	headers: Record<string, string>;
	body: Uint8Array;
	/** From the start of the request to the end of the answer (G-15). */
	timeoutMs: number;
	acceptSelfSigned?: boolean;
	agents?: Agents;
}

export interface PostAnswer {
	status: number;
	headers: http.IncomingHttpHeaders;
	body: string;
	ms: number;
}

export class TimeoutError extends Error {
	constructor(ms: number) {
		super(`no answer within ${ms} ms`);
	}
}

/** One HTTP POST; redirects are not followed. Header names keep the case they are given in. */
export function post(url: string, request: PostRequest): Promise<PostAnswer> {
	const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
	const start = performance.now();
	const secure = new URL(url).protocol === 'https:';
	const outgoing = (secure ? https : http).request(url, {
		method: 'POST',
		headers: { ...request.headers, 'Content-Length': String(request.body.length) },
		agent: secure ? request.agents?.https : request.agents?.http,
		...(request.acceptSelfSigned ? { rejectUnauthorized: false } : {}),
	});
	const timer = setTimeout(
		() => outgoing.destroy(new TimeoutError(request.timeoutMs)),
		request.timeoutMs,
	);
	outgoing.on('error', reject);
	outgoing.on('response', (answer) => {
		readText(answer).then(
			(body) => {
				const ms = Math.round(performance.now() - start);
				resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, ms });
			},
			// After a time-out the request's own error says more than the broken answer's.
			(error: Error) => reject(outgoing.errored ?? error),
		);
	});
	outgoing.end(request.body);
	return promise.finally(() => clearTimeout(timer));
}

async function readText(answer: http.IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of answer) parts.push(part as Buffer);
	return Buffer.concat(parts).toString();
}

/** The connections of one simulator, so that closing it ends them all. */
export class Agents {
	readonly http: http.Agent;
	readonly https: https.Agent;

	constructor(keepAlive: boolean) {
		this.http = new http.Agent({ keepAlive });
		this.https = new https.Agent({ keepAlive });
	}

	destroy(): void {
		this.http.destroy();
		this.https.destroy();
	}
}
