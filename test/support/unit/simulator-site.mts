import { onTestFinished } from 'vitest';
import { type Settings, type Simulator, startSimulator } from '../simulator/index.mts';

/** A site that ends with the test. */
export async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await startSimulator(settings);
	onTestFinished(() => simulator.close());
	return simulator;
}

/** In two steps, as the vendor states it: docs/vendor-facts.md#registering-a-webhook. */
export async function register(simulator: Simulator, url: string, ...types: string[]) {
	const body = `<webhook><webhook-url>${url}</webhook-url><authorization-header>Bearer hook</authorization-header></webhook>`;
	const created = await simulator.ask('POST', '/webhooks', body);
	const id = simulator.webhooks().at(-1)?.id;
	for (const type of types) await simulator.ask('PUT', `/webhooks/${id}/events/${type}`);
	return created;
}
