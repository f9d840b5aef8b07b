import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import { Scene, type SceneOptions } from '../e2e/scene.mts';
import type { Settings } from '../simulator/index.mts';
import { type HoldingProxy, startHoldingProxy } from './proxy.mts';

/** A scene whose n8n is reached through a proxy that holds requests while n8n is not ready. */
export async function openProxied(settings: Settings, options: SceneOptions = {}, env = {}) {
	const proxy = await startHoldingProxy();
	const scene = await Scene.open(settings, { WEBHOOK_URL: proxy.url, ...env }, options);
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

/** Ends n8n and starts it again; the proxy lets requests through when n8n takes them. */
export async function restartBehind(
	proxy: HoldingProxy,
	{ n8n }: Scene,
	workflow: PublishedTrigger,
	how: 'stop' | 'kill',
) {
	await n8n[how]();
	proxy.hold();
	await n8n.start();
	await workflow.routed();
	proxy.open(n8n.baseUrl);
}
