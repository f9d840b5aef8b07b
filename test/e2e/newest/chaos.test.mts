import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { fates, rerunInterrupted } from '../../support/chaos/fates.mts';
import { openBehindNginx } from '../../support/e2e/proxies.mts';
import { startLoad, untilDelivered } from '../../support/e2e/under-load.mts';
import { lacks } from '../../support/programs.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';

const KILLS = Number(process.env.CHAOS_KILLS ?? 2);
/** How long n8n may run between two kills. */
const MAX_UPTIME_MS = 5_000;
/** Events per second: so many that some start an execution together. */
const RATE = 4;
/** How long n8n may take to finish: a busy machine needs minutes. */
const MAX_WORK_MS = 600_000;

it.skipIf(lacks('nginx'))(
	'no event is lost or runs twice unmarked while a real n8n is killed again and again, one or several deliveries per execution',
	async () => {
		const seed = Date.now() % 1_000_000;
		console.log({ KILLS, seed });
		const { scene, nginx } = await openBehindNginx({}, quickPatientSite);
		onTestFinished(async () => {
			await scene.close();
			await nginx.close();
		});
		const published = async (deliveriesPerExecution: string) =>
			await scene.published({
				events: ['page_create'],
				additionalOptions: { deliveriesPerExecution },
			});
		const [shared, one] = [await published('severalInBurst'), await published('one')];
		const load = startLoad(scene.site, RATE);
		const uptime = fc.noBias(fc.integer({ min: 0, max: MAX_UPTIME_MS }));
		for (const uptimeMs of fc.sample(uptime, { numRuns: KILLS, seed })) {
			await sleep(uptimeMs);
			await scene.n8n.restart({ kill: true });
			for (const workflow of [shared, one]) await workflow.routed();
		}
		const { events } = load.stop();
		await untilDelivered(scene.site, MAX_WORK_MS);
		for (const workflow of [shared, one]) {
			await workflow.settled(MAX_WORK_MS);
			const found = fates(scene, workflow, events);
			expect(found.attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
			expect(found).toMatchObject({ lost: [], unmarkedDuplicates: [] });
			expect(await rerunInterrupted(scene, workflow)).toEqual([]);
			expect(found.executions < events.length).toBe(workflow === shared);
		}
	},
);
