import http from 'node:http';
import https from 'node:https';
import { listenLocally } from '../../local-server.mts';

/** One delivery as a listener gets it. */
export interface Received {
	/** Lower-case names. */
	headers: http.IncomingHttpHeaders;
	/** Names and values alternating, in the case they came in. */
	rawHeaders: string[];
	path: string;
	body: Buffer;
}

/** A status, or what to do with the request (never responding is fine). */
export type PlannedResponse = number | ((received: Received, response: http.ServerResponse) => void);

export interface Listener {
	url: string;
	received: Received[];
	/** The next responses, one per request; then 200. */
	responses: PlannedResponse[];
	close(): Promise<void>;
}

/** A minimal webhook endpoint for tests: records requests, responds as configured. */
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
	const { port, close } = await listenLocally(server);
	const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`;
	return { url, received, responses, close };
}

async function bytesOf(request: http.IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts);
}
