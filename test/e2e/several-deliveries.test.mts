import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { event, largeEvent, type PublishedTrigger } from '../support/e2e/published-trigger.mts';
import { Scene } from '../support/e2e/scene.mts';
import { storedRuns, tally } from '../support/n8n/runs.mts';
import { waitUntil } from '../support/wait.mts';

const SEVERAL = { deliveriesPerExecution: 'severalWhenBusy' };

describe('several deliveries per execution, in a real n8n', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open({}, { N8N_EXPRESSION_ENGINE: 'legacy' })));
	afterAll(async () => await scene.close());

	async function published(options: object = {}): Promise<PublishedTrigger> {
		const additionalOptions = { ...SEVERAL, ...options };
		return await scene.published({ events: ['page_create'], additionalOptions });
	}

	/** Delivers each until it is accepted, `concurrency` of them concurrently. */
	async function deliver(workflow: PublishedTrigger, bodies: string[], concurrency: number) {
		const queue = new PQueue({ concurrency });
		const deliveries = bodies.map((body) => ({ body, deliveryId: randomUUID() as string }));
		const send = deliveries.map((each) => async () => await workflow.deliver(each));
		const responses = await queue.addAll(send);
		expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
		const isSaved = () => tally(runsOf(workflow)).events === bodies.length;
		await waitUntil('n8n has saved all', isSaved);
		await workflow.settled();
		return deliveries;
	}

	const runsOf = ({ id }: PublishedTrigger) => storedRuns(scene.database, id);

	it('deliveries that come one after the other have an execution each', async () => {
		const workflow = await published();
		await deliver(workflow, [event(), event(), event()], 1);
		expect(runsOf(workflow).map(({ items }) => items.length)).toEqual([1, 1, 1]);
		await scene.client.deactivate(workflow.id);
	});

	it('each of 60 deliveries of 20 kB, 20 concurrent, gets its own item in fewer executions', async () => {
		const workflow = await published({ includeRawXml: true });
		const bodies = Array.from({ length: 60 }, (_, number) => largeEvent(number));
		const deliveries = await deliver(workflow, bodies, 20);
		const items = runsOf(workflow).flatMap((run) => run.items);
		const bodyOf = new Map(items.map(({ deliveryId, rawXml }) => [deliveryId, rawXml]));
		expect(items).toHaveLength(60);
		for (const { deliveryId, body } of deliveries) expect(bodyOf.get(deliveryId)).toBe(body);
		for (const { rawXml, page } of items) expect(page.id).toBe(String(bodies.indexOf(rawXml)));
		expect(runsOf(workflow).length).toBeLessThan(60);
		await scene.client.deactivate(workflow.id);
	});

	it('deliveries of shared executions are known after a restart, however they were acknowledged', async () => {
		const bodies = Array.from({ length: 30 }, () => event());
		const sent: Array<[PublishedTrigger, Array<{ body: string; deliveryId: string }>]> = [];
		for (const acknowledge of ['saved', 'immediately']) {
			const workflow = await published({ acknowledge });
			sent.push([workflow, await deliver(workflow, bodies, 15)]);
			await workflow.recorded();
		}
		await scene.n8n.restart();
		for (const [workflow, deliveries] of sent) {
			await workflow.routed();
			for (const each of deliveries) expect((await workflow.deliver(each)).status).toBe(200);
			await workflow.settled();
			const { events, unmarkedDuplicates, markedDuplicates } = tally(runsOf(workflow));
			expect({ events, unmarkedDuplicates, markedDuplicates }).toEqual({
				events: 30,
				unmarkedDuplicates: [],
				markedDuplicates: [],
			});
			await scene.client.deactivate(workflow.id);
		}
	});
});
