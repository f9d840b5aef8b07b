import { onTestFinished } from 'vitest';
import {
	type Listener,
	type Settings,
	type Simulator,
	startListener,
	startSimulator,
} from '../simulator/index.mts';
import { present } from '../present.mts';

/** A site that ends with the test. */
export async function site(settings: Partial<Settings> = {}): Promise<Simulator> {
	const simulator = await startSimulator(settings);
	onTestFinished(() => simulator.close());
	return simulator;
}

export interface Asked {
	body?: string | Uint8Array<ArrayBuffer>;
	headers?: Record<string, string>;
	token?: string;
}

/** One API call over HTTP; as Admin and with an XML body unless told otherwise. */
export async function ask(
	simulator: Simulator,
	method: string,
	path: string,
	{ body, headers, token }: Asked = {},
) {
	const answer = await fetch(`${simulator.url}/@api/deki${path}`, {
		method,
		body,
		headers: {
			Authorization: `Bearer ${token ?? simulator.longTermToken}`,
			'Content-Type': 'application/xml; charset=utf-8',
			...headers,
		},
	});
	const bytes = Buffer.from(await answer.arrayBuffer());
	return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString() };
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
