import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor, waitUntil } from '../wait.mts';
import type { ApiCall, WebhookState } from '../simulator/index.mts';
import type { PublishedTrigger } from './published-trigger.mts';
import { executionError } from '../n8n/executions.mts';
import { Scene, type WorkflowOptions } from './scene.mts';

/** A check every three seconds, in place of five minutes. */
export const OFTEN = { additionalOptions: { checkEvery: 0.05 } };
export const CHECK_MS = 3000;

/** What the watch does at the site; requires that the scene has only one published workflow. */
export class WatchedScene {
	readonly scene: Scene;

	constructor(scene: Scene) {
		this.scene = scene;
	}

	static async open(...options: Parameters<typeof Scene.open>): Promise<WatchedScene> {
		return new WatchedScene(await Scene.open(...options));
	}

	/** A workflow that is watched, with two events. */
	async published(options: WorkflowOptions = {}): Promise<PublishedTrigger> {
		return await this.scene.published({ events: ['page_create', 'page_move'], ...OFTEN }, options);
	}

	/** Lists started so far: each check starts one, and a repair some more. */
	lists(): number {
		const isList = ({ method, path, query }: ApiCall) =>
			method === 'GET' && path.endsWith('/webhooks') && query.offset === '0';
		return this.scene.site.apiCalls.filter(isList).length;
	}

	/** Waits until that many checks have begun, and the last has had time to end. */
	async checks(count: number): Promise<void> {
		const before = this.lists();
		await waitUntil(`the watch has looked ${count} times`, () => this.lists() >= before + count);
		await sleep(CHECK_MS / 3);
	}

	/** Waits until a call of this kind arrives that was not there before. */
	async called(method: string, path: RegExp): Promise<void> {
		const from = this.scene.site.apiCalls.length;
		const isMade = () =>
			this.scene.site.apiCalls.slice(from).some((call) => call.method === method && path.test(call.path));
		await waitUntil(`the watch calls ${method} ${String(path)}`, isMade);
	}

	/** Whether nothing calls the site for the time of two checks, once pending calls have ended. */
	async isQuiet(): Promise<boolean> {
		await sleep(CHECK_MS / 3);
		const before = this.scene.site.apiCalls.length;
		await sleep(2 * CHECK_MS);
		return this.scene.site.apiCalls.length === before;
	}

	/** Waits until exactly one webhook is there, active and with both events. */
	async whole(workflow: PublishedTrigger): Promise<WebhookState> {
		return await waitFor('the webhook is whole', () => {
			const [webhook, ...others] = workflow.webhooks();
			const isWhole = webhook?.active && webhook.events.length === 2 && others.length === 0;
			return isWhole ? webhook : undefined;
		});
	}

	/** @throws when the site has a webhook of it afterwards */
	async unpublish(workflow: PublishedTrigger): Promise<void> {
		await this.scene.client.deactivate(workflow.id);
		if (workflow.webhooks().length > 0) throw new Error('Unpublishing has left a webhook');
	}

	/** Messages of failed executions that no delivery has started. */
	async failures(workflow: PublishedTrigger): Promise<string[]> {
		const executions = await this.scene.client.executionsWithData(workflow.id);
		return executions.flatMap((execution) => executionError(execution) ?? []);
	}

	/** Lines of the log from a position on that speak of the webhook. */
	lines(from: number, pattern: RegExp): string[] {
		return this.scene.n8n.log
			.slice(from)
			.split('\n')
			.filter((line) => pattern.test(line));
	}
}
