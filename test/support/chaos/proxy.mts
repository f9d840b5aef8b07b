import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HoldingProxy {
	/** What the site calls; n8n's public address. */
	url: string;
	/** n8n takes requests from now on: sends it what was held, and all that comes. */
	open(target: string): void;
	/** n8n is not there, or not ready: requests are held until it is. */
	hold(): void;
	close(): Promise<void>;
}

/**
 * A reverse proxy that holds requests while n8n cannot take them, and passes them on when it can. A
 * request whose sender has given up meanwhile is dropped. What n8n does not respond to gets 503.
 */
export async function startHoldingProxy(): Promise<HoldingProxy> {
	let opening = Promise.withResolvers<string>();
	let isOpen = false;
	const server = http.createServer(async (request, response) => {
		const target = await opening.promise;
		if (!response.destroyed) pass(request, response, target);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		open: (target) => {
			isOpen = true;
			opening.resolve(target);
		},
		hold: () => {
			if (isOpen) opening = Promise.withResolvers();
			isOpen = false;
		},
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

function pass(request: http.IncomingMessage, response: http.ServerResponse, target: string) {
	const { method, headers, url } = request;
	const onward = http.request(new URL(url ?? '/', target), { method, headers }, (incoming) => {
		response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders);
		incoming.on('error', () => response.destroy()).pipe(response);
	});
	onward.on('error', () => {
		if (response.headersSent) response.destroy();
		else response.writeHead(503, { 'Content-Length': 0 }).end();
	});
	response.on('close', () => onward.destroy());
	request.pipe(onward);
}
