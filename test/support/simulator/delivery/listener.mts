import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** One delivery as a listener gets it. */
export interface Received {
	/** Lower-case names. */
	headers: http.IncomingHttpHeaders;
	/** Names and values alternating, in the case they came in. */
	rawHeaders: string[];
	path: string;
	body: Buffer;
}

/** A status, or what to do with the request (a response that never comes is fine). */
export type PlannedResponse =
	| number
	| ((received: Received, response: http.ServerResponse) => void);

export interface Listener {
	url: string;
	received: Received[];
	/** The responses to come, one per request; then 200. */
	responses: PlannedResponse[];
	close(): Promise<void>;
}

/** A bare webhook endpoint for tests: keeps what it gets, responds as told. */
export async function startListener(tls?: { key: string; cert: string }): Promise<Listener> {
	const received: Received[] = [];
	const responses: PlannedResponse[] = [];
	const take: http.RequestListener = async (request, response) => {
		const sent = await bytesOf(request).catch(() => Buffer.alloc(0));
		const { headers, rawHeaders, url: path = '' } = request;
		const delivery = { headers, rawHeaders, path, body: sent };
		received.push(delivery);
		const planned = responses.shift() ?? 200;
		if (typeof planned === 'function') planned(delivery, response);
		else response.writeHead(planned, { 'Content-Length': 0 }).end();
	};
	const server = tls ? https.createServer(tls, take) : http.createServer(take);
	await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		...{ url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`, received, responses },
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await closed;
		},
	};
}

async function bytesOf(request: http.IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}
