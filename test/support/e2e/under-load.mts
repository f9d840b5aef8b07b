import { setTimeout as sleep } from 'node:timers/promises';
import { type Fates, fates } from '../chaos/fates.mts';
import { startLoad } from '../chaos/load.mts';
import type { PublishedTrigger } from './published-trigger.mts';
import type { Scene } from './scene.mts';

/** Ms of load before and after what breaks. */
const calm = 3_000;

/** Breaks something while events are delivered, waits for the end of it all, and counts. */
export async function underLoad(
	scene: Scene,
	workflow: PublishedTrigger,
	breakSomething: () => Promise<void>,
): Promise<Fates> {
	const load = startLoad(scene.site, 1);
	await sleep(calm);
	await breakSomething();
	await sleep(calm);
	const { events } = load.stop();
	await scene.site.idle();
	await workflow.settled();
	return fates(scene, workflow, events);
}

/** How often the site got each answer; `none` where it gave up waiting or was cut off. */
export function answers({ attempts }: Fates): Record<string, number> {
	const byStatus = Map.groupBy(attempts, ({ statusCode }) => String(statusCode ?? 'none'));
	return Object.fromEntries([...byStatus].map(([status, all]) => [status, all.length]));
}
