import http from 'node:http';
import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import { Scene } from '../e2e/scene.mts';
import { listenLocally } from '../local-server.mts';
import type { Settings } from '../simulator/index.mts';

/** A scene whose n8n is reached through a proxy that holds requests while n8n is not ready. */
export async function openProxied(settings: Settings) {
	const proxy = await startHoldingProxy();
	const scene = await Scene.open(settings, { WEBHOOK_URL: proxy.url });
	proxy.open(scene.n8n.baseUrl);
	return {
		scene,
		proxy,
		close: async () => {
			await scene.close();
			await proxy.close();
		},
	};
}

/** Kills n8n and starts it again; the proxy lets requests through when n8n takes them for all workflows. */
export async function killBehind(
	proxy: HoldingProxy,
	{ n8n }: Scene,
	workflows: PublishedTrigger[],
): Promise<void> {
	await n8n.kill();
	proxy.hold();
	await n8n.start();
	for (const workflow of workflows) await workflow.routed();
	proxy.open(n8n.baseUrl);
}

interface HoldingProxy {
	/** n8n's public address, which the site calls. */
	url: string;
	/** n8n accepts requests from now on: forwards held and new requests. */
	open(target: string): void;
	/** n8n is not there, or not ready: requests are held until it is. */
	hold(): void;
	close(): Promise<void>;
}

/**
 * A reverse proxy that holds requests while n8n cannot take them, and passes them on when it can. A
 * request whose sender has given up meanwhile is dropped. What n8n does not respond to gets 503.
 */
async function startHoldingProxy(): Promise<HoldingProxy> {
	let opening = Promise.withResolvers<string>();
	let isOpen = false;
	const server = http.createServer(async (request, response) => {
		const target = await opening.promise;
		if (!response.destroyed) pass(request, response, target);
	});
	const { url, close } = await listenLocally(server);
	return {
		...{ url, close },
		open: (target) => {
			isOpen = true;
			opening.resolve(target);
		},
		hold: () => {
			if (isOpen) opening = Promise.withResolvers();
			isOpen = false;
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
