import { redisSettings } from '../../support/compose.mts';
import { QueueDeployment } from '../../support/e2e/queue-deployment.mts';
import type { Parts } from './cpu.mts';
import { Stage, type Subject } from './stage.mts';

export interface QueueStage {
	stage: Stage;
	deployment: QueueDeployment;
	/** Base URL of a proxy in front of so many webhook processes. */
	fronts: Map<number, string>;
}

export interface Processes {
	/** How many webhook processes are measured: a proxy in front of each number of the same ones. */
	webhooks: number[];
	workers: number;
}

/** n8n in queue mode as in examples/deploy, on PostgreSQL and Redis, behind nginx. */
export async function openInQueueMode(
	env: Record<string, string>,
	processes: Processes,
): Promise<QueueStage> {
	const fronts = new Map<number, string>();
	const opened = Promise.withResolvers<QueueDeployment>();
	const stage = await Stage.with(async (packageTarball) => {
		const deployment = await openDeployment(env, processes, packageTarball);
		opened.resolve(deployment);
		const proxies = [deployment.nginx];
		const all = deployment.queue.webhooks.length;
		for (const count of processes.webhooks) {
			const proxy = count === all ? deployment.nginx : await deployment.secondProxy('hash', count);
			fronts.set(count, proxy.url);
			proxies.push(proxy);
		}
		const close = async () => {
			await Promise.all(proxies.slice(1).map(async (proxy) => await proxy.close()));
			await deployment.close();
		};
		const { scene, queue } = deployment;
		const parts = async () => await partsOf(deployment, new Set(proxies.map(({ pid }) => pid!)));
		return { scene, postgres: queue.postgres, parts, close };
	});
	return { stage, deployment: await opened.promise, fronts };
}

async function openDeployment(
	env: Record<string, string>,
	{ webhooks, workers }: Processes,
	packageTarball: string,
): Promise<QueueDeployment> {
	return await QueueDeployment.open({
		postgres: true,
		redis: { settings: redisSettings() },
		webhooks: Math.max(...webhooks),
		workers,
		// The executions of each round are counted.
		env: { EXECUTIONS_DATA_PRUNE: 'false', ...env },
		scene: { packageTarball },
	});
}

async function partsOf(
	{ scene, queue }: QueueDeployment,
	proxies: ReadonlySet<number>,
): Promise<Parts> {
	return {
		nginx: [...proxies],
		webhook: queue.webhooks.map(({ pid }) => pid!),
		worker: queue.workers.map(({ pid }) => pid!),
		main: [scene.n8n.pid!],
		postgres: [await queue.postgres!.firstProcess()],
		redis: [queue.redis.pid!],
	};
}

/** The same workflow by another proxy. */
export function behind(front: string, subject: Subject): Subject {
	return { ...subject, url: front + new URL(subject.url).pathname };
}
