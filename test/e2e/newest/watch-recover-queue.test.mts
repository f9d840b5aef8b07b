import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled, lacks } from '../../support/programs.mts';
import type { SimulatedEvent } from '../../support/simulator/index.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { QueueMode } from '../../support/e2e/queue-mode.mts';
import { RecoveryScene } from '../../support/e2e/recovery.mts';

const isMissing = lacks({ 'redis-server': isInstalled('redis-server') });

/*
 * The main process watches, a webhook process takes the deliveries, a worker runs both: none of them
 * knows what the others do.
 */
describe.skipIf(isMissing)('recovery in queue mode (needs redis-server)', () => {
	let queue: QueueMode;
	let recovery: RecoveryScene;

	beforeAll(async () => {
		queue = await QueueMode.open();
		recovery = await RecoveryScene.open({ autoDisableAfter: 1000 }, queue.env);
		await queue.startBeside(recovery.scene.n8n);
	});
	afterAll(async () => {
		await queue?.stopBeside();
		await recovery?.close();
		await queue?.close();
	});

	/** Expert delivers to the webhook process. */
	async function deliver(
		workflow: PublishedTrigger,
		{ body }: SimulatedEvent,
		authorization: string,
	) {
		const { pathname } = new URL(workflow.url);
		return (await workflow.deliver({ body, authorization }, queue.webhook.baseUrl + pathname))
			.status;
	}

	it('what a webhook process has taken is not recovered, and what was recovered not delivered', async () => {
		const workflow = await recovery.published({ events: ['page_create'] });
		const { site } = recovery.scene;
		site.pauseDeliveries();
		const { id, authorizationHeader } = workflow.webhooks()[0]!;
		const make = (path: string) => site.site.createPage(path);
		const delivered = ['One', 'Two', 'Three'].map(make);
		for (const { events } of delivered) {
			expect(await deliver(workflow, events[0]!, authorizationHeader)).toBe(200);
		}
		await workflow.settled();
		const missed = ['Four', 'Five'].map(make);
		// The gap, which the main process closes.
		await recovery.scene.removeAtSite(id);
		const names = [
			...delivered.map(({ pageId }) => `page_create ${pageId}`),
			...missed.map(({ pageId }) => `+page_create ${pageId}`),
		];
		await recovery.until(workflow, names);
		expect((await recovery.ended(workflow)).sort()).toEqual([...names].sort());

		for (const { events } of missed) {
			expect(await deliver(workflow, events[0]!, authorizationHeader)).toBe(200);
		}
		await recovery.calm(workflow);
		expect((await recovery.ended(workflow)).sort()).toEqual([...names].sort());
		await recovery.scene.client.deactivate(workflow.id);
	});
});
