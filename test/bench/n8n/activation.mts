import { median } from 'simple-statistics';
import { eventTypes } from '../../support/simulator/index.mts';
import { rounded } from './figures.mts';
import type { Stage } from './stage.mts';
import { trigger } from './workflows.mts';

const LATENCY_MS = 100;
const TIMES = 5;

/** How long it takes to publish a workflow for each event there is, where the site is far away. */
export async function activation({ scene, client, siteCredential }: Stage) {
	const { faults, apiCalls } = scene.site;
	const events = eventTypes.map(({ path }) => path);
	const { id } = await client.createWorkflow(trigger(siteCredential, {}, { events }).workflow);
	faults.add({ effect: { delayMs: LATENCY_MS } });
	const seconds: number[] = [];
	const before = apiCalls.length;
	for (let time = 0; time < TIMES; time++) {
		const started = performance.now();
		await client.activate(id);
		seconds.push((performance.now() - started) / 1000);
		await client.deactivate(id);
	}
	faults.clear();
	const calls = (apiCalls.length - before) / TIMES;
	return [
		{ events: events.length, latencyMs: LATENCY_MS, seconds: rounded(median(seconds), 2), calls },
	];
}
