import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionItems } from '../../support/n8n/executions.mts';
import type { N8nInstance } from '../../support/n8n/instance.mts';
import { hasPostgres } from '../../support/n8n/postgres.mts';
import { isInstalled, lacks } from '../../support/programs.mts';
import type { SingleDelivery } from '../../support/simulator/index.mts';
import { event, type PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { QueueMode } from '../../support/e2e/queue-mode.mts';
import { Scene, TRIGGER } from '../../support/e2e/scene.mts';

const needs = { 'redis-server': isInstalled('redis-server'), postgresql: await hasPostgres() };
const MINUTE = 60_000;

/** Two processes take deliveries, as a proxy that takes turns gives them; two workers run them. */
describe.skipIf(lacks(needs))('copies in queue mode (needs redis-server and PostgreSQL)', () => {
	let queue: QueueMode;
	let scene: Scene;

	beforeAll(async () => {
		queue = await QueueMode.open({ postgres: true });
		scene = await Scene.open({}, queue.env, { postgres: queue.postgres });
		await queue.startBeside(scene.n8n, { webhooks: 2, workers: 2 });
	});
	afterAll(async () => {
		await queue?.stopBeside();
		await scene?.close();
		await queue?.close();
	});

	it.each([
		['the same id', (id: string) => id],
		['a fresh id', () => randomUUID()],
	])('copies under %s that reach both processes at the same moment run once', async (_id, idOf) => {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries = Array.from({ length: 12 }, () => aDelivery());
		// One after the other: a busy n8n tells Expert to retry, and the copies part.
		for (const delivery of deliveries) {
			const copy = { ...delivery, deliveryId: idOf(delivery.deliveryId) };
			const [one, other] = queue.webhooks as [N8nInstance, N8nInstance];
			const statuses = await Promise.all([
				sendTo(one, workflow, delivery),
				sendTo(other, workflow, copy),
			]);
			expect(statuses).toEqual([200, 200]);
		}
		expect(await passedOn(workflow)).toEqual(deliveries.map(({ id }) => ({ id })).sort(byId));
		await scene.client.deactivate(workflow.id);
	});

	it('a copy that reaches the other process after its save put back an older record runs nothing', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const [one, other] = queue.webhooks as [N8nInstance, N8nInstance];
		const [first, second] = [aDelivery(), aDelivery()];
		expect(await sendTo(one, workflow, first)).toBe(200);
		await workflow.settled();
		await workflow.recorded();
		forget(workflow);
		// The other process has taken another delivery meanwhile, and knows nothing of the first.
		expect(await sendTo(other, workflow, second)).toBe(200);
		expect(await sendTo(other, workflow, first)).toBe(200);
		expect(await sendTo(other, workflow, { ...first, deliveryId: randomUUID() })).toBe(200);
		expect(await passedOn(workflow)).toEqual([{ id: first.id }, { id: second.id }].sort(byId));
		const [, , copy] = await scene.client.executionsWithData(workflow.id);
		expect(copy!.data!.resultData.runData[TRIGGER]![0]!.hints).toMatchObject([
			{ message: expect.stringContaining('1 event was left out') as string },
		]);
		await scene.client.deactivate(workflow.id);
	});

	it('an event that is too old for the workers to know is marked, and its copies run nothing', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const [one, other] = queue.webhooks as [N8nInstance, N8nInstance];
		const old = aDelivery(11 * MINUTE);
		expect(await sendTo(one, workflow, old)).toBe(200);
		forget(workflow);
		expect(await sendTo(other, workflow, old)).toBe(200);
		expect(await passedOn(workflow)).toEqual([{ id: old.id, redelivered: true }]);
		await scene.client.deactivate(workflow.id);
	});

	it('a person can have an execution run again', async () => {
		const workflow = await scene.published(
			{ events: ['page_create'] },
			{ code: 'throw new Error()' },
		);
		const delivery = aDelivery();
		expect(await sendTo(queue.webhook, workflow, delivery)).toBe(200);
		await workflow.settled();
		const [failed] = await scene.client.executions(workflow.id);
		await scene.client.retry(failed!.id).catch(() => {});
		expect(await passedOn(workflow)).toEqual([{ id: delivery.id }, { id: delivery.id }]);
		await scene.client.deactivate(workflow.id);
	});

	/** What the trigger has passed on in all executions. */
	async function passedOn(workflow: PublishedTrigger) {
		await workflow.settled();
		const executions = await scene.client.executionsWithData(workflow.id);
		return executions
			.flatMap((execution) => executionItems(execution, TRIGGER))
			.map(({ eventId, redelivered }) => ({
				id: eventId as string,
				...(redelivered === true ? { redelivered: true } : {}),
			}))
			.sort(byId);
	}

	/** As another process does that has read static data before and saves them after. */
	function forget(workflow: PublishedTrigger) {
		queue.postgres!.execute(
			`UPDATE workflow_entity SET "staticData" = NULL WHERE id = '${workflow.id}'`,
		);
	}

	async function sendTo(
		n8n: N8nInstance,
		workflow: PublishedTrigger,
		{ id: _id, ...delivery }: { id: string } & Partial<SingleDelivery>,
	) {
		const { pathname } = new URL(workflow.url);
		const authorization = workflow.webhooks()[0]!.authorizationHeader;
		return (await workflow.deliver({ ...delivery, authorization }, n8n.baseUrl + pathname)).status;
	}
});

/** @param ageMs of its event */
function aDelivery(ageMs = 0) {
	const happenedAt = new Date(Date.now() - ageMs).toISOString().replace(/\.\d+Z$/, 'Z');
	const body = event().replace(/datetime="[^"]+"/, `datetime="${happenedAt}"`);
	const id = /id="([^"]+)"/.exec(body)![1]!;
	return { id, body, deliveryId: randomUUID() as string, timestamp: Math.floor(Date.now() / 1000) };
}

function byId(a: { id: string }, b: { id: string }) {
	return a.id < b.id ? -1 : 1;
}
