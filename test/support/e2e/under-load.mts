import { setTimeout as sleep } from 'node:timers/promises';
import { type Fates, fates } from '../chaos/fates.mts';
import type { Simulator } from '../simulator/index.mts';
import type { PublishedTrigger } from './published-trigger.mts';
import type { Scene } from './scene.mts';

/** Length of the load before and after the fault. */
const CALM_MS = 1_500;

/** Sites that are patient retry for minutes what came while something was broken. */
const DELIVERY_TIMEOUT_MS = 400_000;

/** Breaks something while events are delivered, waits for the end of it all, and counts. */
export async function underLoad(
	scene: Scene,
	workflow: PublishedTrigger,
	breakSomething: () => Promise<void>,
	{ perSecond = 2 } = {},
): Promise<Fates> {
	const load = startLoad(scene.site, perSecond);
	await sleep(CALM_MS);
	await breakSomething();
	await sleep(CALM_MS);
	const { events } = load.stop();
	await untilDelivered(scene.site, DELIVERY_TIMEOUT_MS);
	await workflow.settled(DELIVERY_TIMEOUT_MS);
	return fates(scene, workflow, events);
}

/**
 * Waits until the site has delivered everything, with a longer delivery timeout: a busy machine
 * could respond too late to a hundred retries a second, forever.
 */
export async function untilDelivered(site: Simulator, timeoutMs: number): Promise<void> {
	const { deliveryTimeoutMs } = site.settings;
	Object.assign(site.settings, { deliveryTimeoutMs: 60_000 });
	await site.idle({ timeoutMs });
	Object.assign(site.settings, { deliveryTimeoutMs });
}

/** How often the site got each response; `none` where it gave up waiting or was cut off. */
export function responses({ attempts }: Fates): Record<string, number> {
	const byStatus = Map.groupBy(attempts, ({ statusCode }) => String(statusCode ?? 'none'));
	return Object.fromEntries([...byStatus].map(([status, all]) => [status, all.length]));
}

interface Load {
	/** Ids of the events, in the order in which they happened. */
	stop(): { events: string[] };
}

/** n8n is as busy with fewer, and a slow one would work off more for many minutes. */
const MAX_PENDING = 100;

/** Something happens at the site again and again, whether n8n is there or not. */
export function startLoad(site: Simulator, perSecond: number): Load {
	const events: string[] = [];
	const isBusy = () => site.pending >= MAX_PENDING;
	const emit = () => !isBusy() && events.push(site.emit('page_create').id);
	const timer = setInterval(emit, 1000 / perSecond);
	return {
		stop: () => {
			clearInterval(timer);
			return { events };
		},
	};
}
