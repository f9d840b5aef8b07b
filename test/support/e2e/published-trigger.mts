import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, storedRuns } from '../n8n/runs.mts';
import { sendDelivery, type SingleDelivery, type WebhookState } from '../simulator/index.mts';
import type { Scene } from './scene.mts';

/** One workflow with the trigger, and the ways in which its webhook can be called. */
export class PublishedTrigger {
	private readonly scene: Scene;
	readonly id: string;
	readonly webhookId: string;

	constructor(scene: Scene, id: string, webhookId: string) {
		this.scene = scene;
		this.id = id;
		this.webhookId = webhookId;
	}

	get url(): string {
		return this.scene.client.productionUrl(this.webhookId);
	}

	/** The webhooks that the site has for this workflow; one when all is well. */
	webhooks(url = this.url): WebhookState[] {
		return this.scene.site.webhooks().filter((webhook) => webhook.url === url);
	}

	/** Sends one delivery past the site's own queue: genuine, unless `changes` make it a forgery. */
	async send(changes: Partial<SingleDelivery> = {}, url = this.url) {
		return await sendDelivery(url, {
			body: event(),
			secret: this.scene.site.signingSecret,
			authorization: this.webhooks(url)[0]?.authorizationHeader,
			...changes,
		});
	}

	/** As Expert does it: a delivery that is answered 503 is sent again under the same id. */
	async deliver(changes: Partial<SingleDelivery> = {}) {
		const delivery = { deliveryId: randomUUID() as string, timeoutMs: 60_000, ...changes };
		for (let attempt = 1; ; attempt++) {
			const answer = await this.send(delivery);
			if (answer.status !== 503 || attempt === 20) return answer;
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}

	/** Waits until there are this many executions, and looks again later for one too many. */
	async executions(count: number, timeoutMs = 60_000) {
		await this.scene.client.waitForExecutions(this.id, count, timeoutMs);
		await sleep(1_000);
		return await this.scene.client.executions(this.id);
	}

	/** Waits until n8n has run to the end all that it has stored. */
	async settled(timeoutMs = 120_000) {
		const deadline = Date.now() + timeoutMs;
		const isOpen = ({ status }: Run) => status === 'new' || status === 'running';
		while (storedRuns(this.scene.database, this.id).some(isOpen)) {
			if (Date.now() > deadline) throw new Error(`n8n still works after ${timeoutMs} ms`);
			await sleep(500);
		}
	}

	/** Waits until n8n hands requests to the trigger: it refuses the empty one, n8n knows no such. */
	async routed() {
		while ((await fetch(this.url, { method: 'POST' })).status !== 401) await sleep(100);
	}

	/** Sends raw bytes, for what no HTTP client would send. Resolves with what came back. */
	async sendRaw(lines: string[], body: string, options: { end?: boolean } = {}): Promise<string> {
		const { hostname, port } = new URL(this.url);
		return await new Promise((resolve, reject) => {
			const socket = connect(Number(port), hostname);
			let received = '';
			socket.on('data', (chunk) => {
				received += chunk.toString();
				socket.destroy();
			});
			socket.on('error', reject);
			socket.on('close', () => resolve(received));
			socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
			if (options.end) socket.end();
		});
	}
}

/** An event of just now; each call gives another one. */
export function event({
	type = 'page:create',
	page = randomUUID() as string,
	inside = '',
} = {}): string {
	const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
	return `<event id="${randomUUID()}" datetime="${now}" type="${type}" wikiid="site_1" language="en-US" version="5"><page id="${page}"><path>Guides/Page_${page}</path></page>${inside}</event>`;
}
