import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.mts';
import { heading, remark } from './terminal.mts';
import { printTrace, traceOf } from './trace.mts';

/** Prints what happens from now on, until the signal: someone clicks in the simulator's page. */
export async function followDeliveries(stage: Stage, signal: AbortSignal): Promise<void> {
	const { deliveries, notifications } = stage.simulator;
	let shown = deliveries.length;
	let told = notifications.length;
	while (!signal.aborted) {
		for (const { message } of notifications.slice(told)) {
			told++;
			heading('The site has disabled the webhook');
			remark(`${message} Enable it again at the Expert site, or see docs/operating.md#sizing.`);
		}
		const delivery = deliveries[shown];
		if (!delivery) {
			await sleep(200, undefined, { signal }).catch(() => {});
			continue;
		}
		shown++;
		const retry = delivery.retryAttempt > 0 ? `, retry ${delivery.retryAttempt}` : '';
		heading(`${delivery.eventType}${retry}`);
		printTrace(stage, await traceOf(stage, delivery));
	}
}
