import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/http.mts';
import type { Workflow } from '../support/n8n/client.mts';
import type { Stage } from './stage.mts';

interface Sample {
	at: number;
	is: boolean;
}

/** Looks every few ms whether n8n says that it is ready, and whether the site has a webhook. */
export class Watch {
	readonly from = performance.now();
	private readonly ready: Sample[] = [];
	private readonly webhook: Sample[] = [];
	private readonly watching: Promise<unknown>;
	private isOver = false;

	constructor({ n8n, site }: Stage, { nodes }: Workflow) {
		const url = `${n8n.baseUrl}/healthz/readiness`;
		const isReady = async () => (await send(url).catch(() => undefined))?.status === 200;
		const id = nodes[0]!.webhookId as string;
		const isSubscribed = async () =>
			site.webhooks().some((webhook) => webhook.url.includes(id) && webhook.events.length > 0);
		this.watching = Promise.all([
			this.look(this.ready, isReady),
			this.look(this.webhook, isSubscribed),
		]);
	}

	async end(): Promise<void> {
		this.isOver = true;
		await this.watching;
	}

	hadWebhook(at: number): boolean {
		return this.webhook.findLast((sample) => sample.at <= at)?.is ?? false;
	}

	/** n8n had not been ready, and then was. */
	wasReadyAgain(at: number): boolean {
		const down = this.ready.findIndex(({ is }) => !is);
		const up = down < 0 ? undefined : this.ready.slice(down).find(({ is }) => is);
		return up !== undefined && up.at <= at;
	}

	get withoutWebhookMs(): number {
		const gaps = this.webhook.map(({ at, is }, index) => {
			const next = this.webhook[index + 1];
			return is || !next ? 0 : next.at - at;
		});
		return Math.round(gaps.reduce((sum, gap) => sum + gap, 0));
	}

	/** The time of a sample is that of the response: what is sent later is judged by it. */
	private async look(samples: Sample[], question: () => Promise<boolean>) {
		while (!this.isOver) {
			const is = await question();
			samples.push({ at: performance.now(), is });
			await sleep(5);
		}
	}
}
