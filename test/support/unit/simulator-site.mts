import { onTestFinished } from 'vitest';
import {
	type Listener,
	type Settings,
	type Simulator,
	startListener,
	startSimulator,
} from '../simulator/index.mts';
import { type HttpRequest, send } from '../http.mts';
import { present } from '../present.mts';

/** A site that ends with the test. */
export async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await startSimulator(settings);
	onTestFinished(() => simulator.close());
	return simulator;
}

export interface Asked extends Pick<HttpRequest, 'body' | 'headers'> {
	token?: string;
}

/**
 * One API call over HTTP; as Admin and with an XML body unless told otherwise. What is in the content
 * network comes from there.
 */
export async function ask(
	simulator: Simulator,
	method: HttpRequest['method'],
	path: string,
	{ body, headers, token }: Asked = {},
) {
	const response = await send(`${simulator.url}/@api/deki${path}`, {
		...{ method, body, maxRedirections: 1 },
		headers: {
			Authorization: `Bearer ${token ?? simulator.longTermToken}`,
			'Content-Type': 'application/xml; charset=utf-8',
			...headers,
		},
	});
	const { status, headers: received, body: text, bytes } = response;
	return { status, headers: received, text, bytes };
}

/** Text of a GET as Admin. */
export async function read(simulator: Simulator, path: string): Promise<string> {
	return (await ask(simulator, 'GET', path)).text;
}

/** Every match of the pattern's one group. */
export function each(text: string, pattern: RegExp): string[] {
	return [...text.matchAll(pattern)].map(([, part]) => present(part, 'group'));
}

/** A webhook for the event types, and the endpoint that gets them. */
export async function listening(simulator: Simulator, ...types: string[]): Promise<Listener> {
	const endpoint = await startListener();
	onTestFinished(() => endpoint.close());
	const body = `<webhook><webhook-url>${endpoint.url}</webhook-url><authorization-header>Bearer hook</authorization-header></webhook>`;
	await ask(simulator, 'POST', '/webhooks', { body });
	for (const type of types) await ask(simulator, 'PUT', `/webhooks/1/events/${type}`);
	return endpoint;
}

/** Header forms of the event types that arrived, once all deliveries have ended. */
export async function arrived(simulator: Simulator, endpoint: Listener): Promise<string[]> {
	await simulator.idle();
	return endpoint.received.map(({ headers }) => String(headers['x-nexus-event-type']));
}
