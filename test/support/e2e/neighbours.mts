import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { listenLocally } from '../local-server.mts';
import { send } from '../http.mts';
import type { NewWorkflow } from '../n8n/client.mts';
import { Gate } from './gate.mts';
import { untilFinal } from './published-trigger.mts';
import { COUNT_IN_STATIC_DATA, type Scene } from './scene.mts';

/** Another trigger in a workflow of ours, which stores something in the workflow's static data. */
export interface Neighbour {
	/** The trigger, and the nodes behind it. */
	nodes: NewWorkflow['nodes'];
	/** Value it has stored, which increases each time. */
	stored(staticData: Record<string, any>): number;
	/** Started before the deliveries, which arrive while it runs. */
	begin?(): Promise<void>;
	/** Gives it something to store. */
	nudge(): void;
	close(): Promise<void>;
}

/** n8n polls it each minute, and at each start. */
export async function rssTrigger(): Promise<Neighbour> {
	const items = [aFeedItem()];
	const server = http.createServer((_request, response) => {
		response.setHeader('content-type', 'application/rss+xml');
		response.end(
			`<rss version="2.0"><channel><title>Feed</title>${items.join('')}</channel></rss>`,
		);
	});
	const { url, close } = await listenLocally(server);
	const pollTimes = { item: [{ mode: 'everyMinute' }] };
	const parameters = { pollTimes, feedUrl: `${url}/` };
	return {
		nodes: [node('RSS', 'rssFeedReadTrigger', 1, parameters), goOn],
		stored: (data) => Date.parse(data['node:RSS']?.lastItemDate ?? 0),
		nudge: () => void items.push(aFeedItem()),
		close,
	};
}

function aFeedItem(): string {
	const id = randomUUID();
	return `<item><title>${id}</title><guid>${id}</guid><pubDate>${new Date().toISOString()}</pubDate></item>`;
}

/** Its execution starts before the deliveries arrive, and stores data afterwards. */
export async function countingWebhook(scene: Scene): Promise<Neighbour> {
	const gate = await Gate.start();
	const path = randomUUID();
	const parameters = { httpMethod: 'POST', path, responseMode: 'onReceived' };
	const jsCode = `${gate.code}${COUNT_IN_STATIC_DATA}`;
	const webhook = { ...node('Call', 'webhook', 2, parameters), webhookId: path };
	return {
		nodes: [webhook, node('Count', 'code', 2, { jsCode })],
		stored: (data) => data.global?.count ?? 0,
		begin: async () => {
			gate.close();
			const before = gate.arrivals;
			await call(`${scene.publicUrl}/webhook/${path}`);
			await gate.waitForArrivals(before + 1);
		},
		nudge: () => gate.open(),
		close: async () => await gate.end(),
	};
}

async function call(url: string) {
	// n8n itself responds 503 while its database is slow.
	const { status, body } = await untilFinal(async () => await send(url, { method: 'POST' }));
	if (status !== 200) throw new Error(`${url}: ${status} ${body}`);
}

const goOn = node('Go on', 'noOp', 1, {});

function node(name: string, type: string, typeVersion: number, parameters: object) {
	const base = { id: randomUUID(), name, type: `n8n-nodes-base.${type}`, typeVersion };
	return { ...base, position: [0, 220], parameters };
}
