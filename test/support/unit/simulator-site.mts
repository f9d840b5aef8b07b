import { onTestFinished } from 'vitest';
import { type HttpRequest, type HttpResponse, send } from '../http.mts';
import { type Settings, type Simulator, startSimulator } from '../simulator/index.mts';

/** A site that ends with the test. */
export async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await startSimulator(settings);
	onTestFinished(() => simulator.close());
	return simulator;
}

/** One API call as Admin, with an XML body. */
export async function ask(
	{ url, longTermToken }: Simulator,
	method: HttpRequest['method'],
	path: string,
	body?: string,
): Promise<{ status: number; text: string }> {
	const headers = {
		Authorization: `Bearer ${longTermToken}`,
		'Content-Type': 'application/xml; charset=utf-8',
	};
	const request = { method, body, headers };
	const response: HttpResponse = await send(`${url}/@api/deki${path}`, request);
	return { status: response.status, text: response.body };
}

/** In two steps, as the vendor states it: docs/vendor-facts.md#registering-a-webhook. */
export async function register(simulator: Simulator, url: string, ...types: string[]) {
	const body = `<webhook><webhook-url>${url}</webhook-url><authorization-header>Bearer hook</authorization-header></webhook>`;
	const created = await ask(simulator, 'POST', '/webhooks', body);
	const id = simulator.webhooks().at(-1)?.id;
	for (const type of types) await ask(simulator, 'PUT', `/webhooks/${id}/events/${type}`);
	return created;
}
