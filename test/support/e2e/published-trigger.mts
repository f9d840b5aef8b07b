import { randomUUID } from 'node:crypto';
import { type HttpResponse, send } from '../http.mts';
import { type Run, storedRuns } from '../n8n/runs.mts';
import { sendDelivery, type SingleDelivery, type WebhookState } from '../simulator/index.mts';
import { waitFor, waitUntil } from '../wait.mts';
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
		return `${this.scene.publicUrl}/webhook/${this.webhookId}/webhook`;
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
			timeoutMs: SEND_TIMEOUT_MS,
			...changes,
		});
	}

	/**
	 * Sends a delivery that n8n passes on once, such as of a test, which a copy could start again. While its database
	 * is slow, n8n itself responds 503, with a body.
	 */
	async sendOnce(changes: Partial<SingleDelivery> = {}, url = this.url): Promise<HttpResponse> {
		const isPassedOn = ({ status, body }: HttpResponse) => status !== 503 || body === '';
		return await untilFinal(async () => await this.send(changes, url), isPassedOn);
	}

	/** Re-sends a delivery that is told to retry under the same ID, as Expert does. */
	async deliver(changes: Partial<SingleDelivery> = {}, url = this.url): Promise<HttpResponse> {
		const own = { body: event(), deliveryId: randomUUID() as string };
		const delivery = { ...own, ...changes };
		return await untilFinal(async () => await this.send(delivery, url));
	}

	/**
	 * Waits until there are this many executions, and looks again for one too many: n8n has begun to store one
	 * when it responds.
	 */
	async executions(count: number) {
		await this.scene.client.waitForExecutions(this.id, count);
		await this.settled();
		return await this.scene.client.executions(this.id);
	}

	/**
	 * Waits until a test's webhook is gone. n8n removes it while the execution runs; listening again
	 * earlier, for any workflow, can fail with "Maximum call stack size exceeded".
	 */
	async noLongerListening(): Promise<void> {
		const testUrl = this.scene.client.testUrl(this.webhookId);
		// n8n forgets the test after it has removed the webhook, and until then says so to a GET.
		const isKnown = async () => /POST request/.test((await send(testUrl)).body);
		const isGone = async () => this.webhooks(testUrl).length === 0 && !(await isKnown());
		await waitUntil('n8n no longer listens for a test event', isGone);
	}

	/** Executions that n8n has stored and not run to the end, as its database has them. */
	openRuns(): Run[] {
		const isOpen = ({ status }: Run) => status === 'new' || status === 'running';
		return storedRuns(this.scene.database, this.id).filter(isOpen);
	}

	/**
	 * Waits until n8n has finished everything that it stored.
	 *
	 * @param except executions whose end n8n could not save
	 */
	async settled(timeoutMs?: number, except: Run[] = []) {
		const isExpected = ({ executionId }: Run) => !except.some((run) => run.executionId === executionId);
		const open = () => this.openRuns().filter(isExpected);
		await this.scene.database.executionsWritten();
		const what = `n8n has run all executions of workflow ${this.id}`;
		const found = () =>
			open()
				.map(({ executionId, status }) => `${executionId} is ${status}`)
				.join(', ');
		await waitUntil(what, () => open().length === 0, { timeoutMs, intervalMs: 200, found });
	}

	/** Waits until there is a record of its deliveries: n8n can respond before it has saved that. */
	async recorded(): Promise<void> {
		// As in nodes/CxoneExpert/trigger/state/stored.ts.
		const isRecord = (key: string) => key.startsWith('cxoneExpert:');
		const parts = () => Object.keys(this.scene.database.staticData(this.id).global ?? {});
		await waitUntil('n8n has saved the record', () => parts().some(isRecord));
	}

	/** Waits until n8n hands requests to the trigger: it refuses the empty one, n8n knows no such. */
	async routed() {
		const isRouted = async () => {
			const response = await send(this.url, { method: 'POST' }).catch(() => undefined);
			return response?.status === 401;
		};
		const what = `n8n hands deliveries to ${this.url}`;
		await waitUntil(what, isRouted);
	}
}

/** A limit for a busy machine; Expert itself waits for a second. */
const SEND_TIMEOUT_MS = 60_000;

const RETRY_PAUSE_MS = 300;

/** Repeats the same request until the response is not 503, as Expert does. */
export async function untilFinal<T extends { status: number }>(
	attempt: () => Promise<T>,
	isFinal: (response: T) => boolean = ({ status }) => status !== 503,
): Promise<T> {
	return await waitFor(
		'a delivery has its final response',
		async () => {
			const response = await attempt();
			return isFinal(response) ? response : undefined;
		},
		{ intervalMs: RETRY_PAUSE_MS },
	);
}

/** An event of just now; each call gives another one. */
export function event({
	type = 'page:create',
	page = randomUUID() as string,
	inside = '',
	datetime = new Date().toISOString(),
} = {}): string {
	const seconds = datetime.replace(/\.\d+Z$/, 'Z');
	return `<event id="${randomUUID()}" datetime="${seconds}" type="${type}" wikiid="site_1" language="en-US" version="5"><page id="${page}"><path>Guides/Page_${page}</path></page>${inside}</event>`;
}
