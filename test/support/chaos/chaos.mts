import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { type Fates, fates, type Rerun, rerunInterrupted } from './fates.mts';
import { startLoad, untilDelivered } from '../e2e/under-load.mts';
import type { Settings } from '../simulator/index.mts';
import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import { killBehind, openProxied } from './proxied.mts';

export interface ChaosOptions {
	/** Each has a workflow of its own, started by every event. */
	deliveriesPerExecution: Array<TriggerParameters['deliveriesPerExecution']>;
	kills: number;
	/** How long n8n runs between two kills. */
	maxUptimeMs: number;
	seed: number;
	/** Events per second. */
	rate: number;
}

/** Fates of the events in one workflow. */
export interface ChaosReport {
	/** Before any manual retry. */
	fates: Fates;
	rerun: Rerun;
}

/** How long n8n may take to finish: a busy machine needs minutes. */
const MAX_WORK_MS = 600_000;

/**
 * Delivers events while n8n is killed and started again at random moments, and counts what became of
 * each of them.
 */
export async function runChaos(options: ChaosOptions, settings: Settings): Promise<ChaosReport[]> {
	const { deliveriesPerExecution, rate } = options;
	const { scene, proxy, close } = await openProxied(settings);
	try {
		const workflows: PublishedTrigger[] = [];
		for (const each of deliveriesPerExecution) {
			const additionalOptions = { deliveriesPerExecution: each };
			const parameters = { events: ['page_create'], additionalOptions };
			workflows.push(await scene.published(parameters));
		}
		const load = startLoad(scene.site, rate);
		for (const [index, uptime] of killMoments(options).entries()) {
			await sleep(uptime);
			await killBehind(proxy, scene, workflows);
			console.log(`kill ${index + 1} of ${options.kills}, ${uptime} ms after n8n was ready`);
		}
		const { events } = load.stop();
		await untilDelivered(scene.site, MAX_WORK_MS);
		const reports: ChaosReport[] = [];
		for (const workflow of workflows) {
			await workflow.settled(MAX_WORK_MS);
			const found = fates(scene, workflow, events);
			reports.push({ fates: found, rerun: await rerunInterrupted(scene, workflow) });
		}
		return reports;
	} finally {
		await close();
	}
}

/** When to kill n8n, in ms after it was ready; the same seed gives the same moments. */
function killMoments({ kills, maxUptimeMs, seed }: ChaosOptions): number[] {
	const moment = fc.noBias(fc.integer({ min: 0, max: maxUptimeMs }));
	return fc.sample(moment, { numRuns: kills, seed });
}
