import { onTestFinished } from 'vitest';
import { type Settings, type Simulator, startSimulator } from '../simulator/index.mts';
import { type ApiClient, ExpertClient } from '../../../nodes/CxoneExpert/api/client.ts';
import { send } from '../http.mts';

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

/** Calls of the API, e.g. `GET /pages/home/find`; the client itself is that of the package. */
export function clientOf(simulator: Simulator, token = simulator.longTermToken): ApiClient {
	return new ExpertClient(
		async ({ method, path, query = {}, body }) => {
			const parameters = Object.entries(query).map(([name, value]) => [name, `${value}`] as const);
			const search = new URLSearchParams(Object.fromEntries(parameters)).toString();
			const url = `${simulator.url}/@api/deki${path}${search === '' ? '' : `?${search}`}`;
			const headers = { Authorization: `Bearer ${token}` };
			return await send(url, { method, headers, body: body?.toString() });
		},
		[],
		{ budgetMs: 60_000 },
	);
}

/** The calls that a site has got, in short: `GET /pages/home/find`. */
export function callsAt({ apiCalls }: Simulator): string[] {
	return apiCalls.map(({ method, path }) => `${method} ${path}`);
}
