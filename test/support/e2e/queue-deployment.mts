import { freePort, onFreePort } from '../local-server.mts';
import type { Settings } from '../simulator/index.mts';
import { Nginx } from './proxies.mts';
import { QueueMode, type QueueSize } from './queue-mode.mts';
import { Scene, type SceneOptions } from './scene.mts';
import { workerSettings } from '../compose.mts';
import { quickPatientSite } from '../simulator/settings.mts';

export interface DeploymentOptions extends QueueSize {
	/** For all processes of n8n. */
	env?: Record<string, string>;
	settings?: Partial<Settings>;
	scene?: SceneOptions;
}

/** n8n in queue mode as in examples/deploy: behind nginx, at the address that the site has. */
export class QueueDeployment {
	readonly scene: Scene;
	readonly queue: QueueMode;
	readonly nginx: Nginx;

	private constructor(scene: Scene, queue: QueueMode, nginx: Nginx) {
		this.scene = scene;
		this.queue = queue;
		this.nginx = nginx;
	}

	static async open(options: DeploymentOptions = {}): Promise<QueueDeployment> {
		const queue = await QueueMode.open();
		try {
			return await onFreePort(async (port) => await QueueDeployment.at(port, queue, options));
		} catch (error) {
			await queue.close();
			throw error;
		}
	}

	private static async at(port: number, queue: QueueMode, options: DeploymentOptions) {
		const { postgres } = queue;
		const { settings, webhooks = 2, workers = 2, workerEnv } = options;
		const publicUrl = `http://127.0.0.1:${port}`;
		const env = { WEBHOOK_URL: `${publicUrl}/`, ...processEnv, ...options.env };
		const sceneOptions = { postgres, publicUrl, ...options.scene };
		const scene = await Scene.open(settings, { ...queue.env, ...env }, sceneOptions);
		try {
			await queue.startBeside(scene.n8n, { webhooks, workers, workerEnv }, env);
			const main = scene.n8n.baseUrl;
			const urls = queue.webhooks.map(({ baseUrl }) => baseUrl);
			const front = { port, tlsPort: await freePort(), main, webhooks: urls };
			return new QueueDeployment(scene, queue, await Nginx.startQueue(front));
		} catch (error) {
			await queue.stopBeside();
			await scene.close();
			throw error;
		}
	}

	/** A second proxy in front of the same processes, which get the copies of a delivery in turn. */
	async proxyInTurn(): Promise<Nginx> {
		const main = this.scene.n8n.baseUrl;
		const webhooks = this.queue.webhooks.map(({ baseUrl }) => baseUrl);
		return await onFreePort(async (port) => {
			const front = { port, tlsPort: await freePort(), main, webhooks, takesTurns: true };
			return await Nginx.startQueue(front);
		});
	}

	/** Like `restart: always` in compose.yaml: n8n exits when something it needs is away. */
	async revive(): Promise<void> {
		const { scene, queue } = this;
		const gone = [scene.n8n, ...queue.webhooks, ...queue.workers].filter(({ isGone }) => isGone);
		await Promise.all(gone.map(async (each) => await each.start()));
	}

	async close(): Promise<void> {
		await this.nginx.close();
		await this.queue.stopBeside();
		await this.scene.close();
		await this.queue.close();
	}
}

/** Production webhooks are for the webhook processes. */
const processEnv = {
	N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
	N8N_PROXY_HOPS: '1',
};

/**
 * The deployment of examples/deploy. What n8n waits half a minute for, it waits seconds for: the lock
 * of a dead worker.
 */
export const asDeployed = {
	settings: { ...quickPatientSite, createFiresContentUpdate: false },
	env: {
		// What is tested is around the trigger: the quick engine leaves more time for it.
		N8N_EXPRESSION_ENGINE: 'legacy',
		EXECUTIONS_DATA_PRUNE: 'false',
		QUEUE_WORKER_LOCK_DURATION: '5000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
		QUEUE_WORKER_STALLED_INTERVAL: '2000',
	},
	workerEnv: workerSettings(),
} satisfies DeploymentOptions;

/** n8n looks every six seconds, in place of three hours, for executions that the queue has lost. */
export const LOOKING_OFTEN = { N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '0.1' };
