import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { PublishedTrigger } from '../e2e/support/published-trigger.mts';
import { Scene } from '../e2e/support/scene.mts';
import { startLoad } from './load.mts';
import { patientSite } from './patient-site.mts';
import { type HoldingProxy, startHoldingProxy } from './proxy.mts';
import { type ChaosReport, report } from './report.mts';
import { rerunInterrupted } from './rerun.mts';

export interface ChaosOptions {
	acknowledge: 'saved' | 'immediately';
	/** Ms that the node behind the trigger takes; 0 does nothing. */
	work: number;
	kills: number;
	seed: number;
	/** Events per second. */
	rate: number;
}

/** Ms for which n8n is up between two kills, at most. */
const longestUptime = 10_000;

/**
 * Delivers events while n8n is killed and started again at random moments, and counts what became of
 * each of them.
 */
export async function runChaos(
	options: ChaosOptions,
	tarball: string,
	say: (text: string) => void = () => {},
): Promise<ChaosReport> {
	const proxy = await startHoldingProxy();
	const scene = await Scene.open(patientSite, { WEBHOOK_URL: proxy.url }, tarball);
	try {
		const { acknowledge, work, kills, seed, rate } = options;
		const code = `await new Promise((resolve) => setTimeout(resolve, ${work})); return $input.all();`;
		const workflow = await scene.published(
			{ events: ['page_create'], additionalOptions: { acknowledge } },
			work > 0 ? { code } : {},
		);
		proxy.open(scene.n8n.baseUrl);
		const load = startLoad(scene.site, rate);
		for (const [index, uptime] of killMoments(kills, seed).entries()) {
			await sleep(uptime);
			await outage(scene, workflow, proxy);
			say(`kill ${index + 1} of ${kills}, ${uptime} ms after n8n was ready`);
		}
		const { events, seconds } = load.stop();
		await scene.site.idle();
		await workflow.settled();
		const rerun = await rerunInterrupted(scene, workflow);
		return report(scene, workflow, { options, events, seconds, rerun });
	} finally {
		await scene.close();
		await proxy.close();
	}
}

/** When to kill n8n, in ms after it was ready; the same seed gives the same moments. */
function killMoments(kills: number, seed: number): number[] {
	const moment = fc.noBias(fc.integer({ min: 0, max: longestUptime }));
	return fc.sample(moment, { numRuns: kills, seed });
}

async function outage({ n8n }: Scene, workflow: PublishedTrigger, proxy: HoldingProxy) {
	await n8n.kill();
	proxy.hold();
	await n8n.start();
	await workflow.routed();
	proxy.open(n8n.baseUrl);
}
