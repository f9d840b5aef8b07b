import { rounded } from './figures.mts';

/*
 * From what a delivery costs to how many a deployment holds: plain arithmetic, so that docs/operating.md#sizing
 * says nothing that was not measured.
 */

/** What one delivery takes. Processor time in ms, by kind of process. */
export interface Cost {
	webhook: number;
	worker: number;
	nginx: number;
	main: number;
	postgres: number;
	redis: number;
	/** For so long a delivery holds connections to the database, ms. */
	connectionMs: number;
	/** What PostgreSQL writes to its log for it. */
	logKb: number;
}

export interface Deployment {
	cores: number;
	webhooks: number;
	workers: number;
	/** To the database, of each process. */
	poolSize: number;
}

/** What is planned with: above it, deliveries wait for each other so long that a burst is not in time. */
export const PLANNED_LOAD = 0.7;

/** Deliveries a second that each part holds. */
export function limits(cost: Cost, { cores, webhooks, workers, poolSize }: Deployment) {
	const perSecond = (there: number, ms: number) => (there * PLANNED_LOAD * 1000) / ms;
	return {
		cores: perSecond(cores, processorMs(cost)),
		// JavaScript runs in one thread: a process takes no more than one core.
		'webhook processes': perSecond(webhooks, cost.webhook),
		workers: perSecond(workers, cost.worker),
		connections: perSecond((webhooks + workers) * poolSize, cost.connectionMs),
	};
}

/** Deliveries a second that a deployment holds, and what limits them. */
export function held(cost: Cost, deployment: Deployment) {
	const all = Object.entries(limits(cost, deployment));
	const [limit, perSecond] = all.reduce((least, each) => (each[1] < least[1] ? each : least));
	return { perSecond: rounded(perSecond, 0), limit };
}

/** The smallest deployment for so many deliveries a second. */
export function needed(cost: Cost, perSecond: number): Deployment {
	const count = (ms: number) => Math.max(1, Math.ceil((perSecond * ms) / (PLANNED_LOAD * 1000)));
	const webhooks = count(cost.webhook);
	const workers = count(cost.worker);
	return {
		cores: count(processorMs(cost)),
		webhooks,
		workers,
		poolSize: Math.ceil(count(cost.connectionMs) / (webhooks + workers)),
	};
}

export function processorMs({ webhook, worker, nginx, main, postgres, redis }: Cost): number {
	return webhook + worker + nginx + main + postgres + redis;
}
