import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, startPostgres } from '../../support/n8n/postgres.mts';
import { databaseFile } from '../../support/n8n/settings.mts';
import { event } from '../../support/e2e/published-trigger.mts';
import { Scene } from '../../support/e2e/scene.mts';

const limit = { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' };
const slow = 'await new Promise((resolve) => setTimeout(resolve, 5000)); return $input.all();';

/*
 * What the trigger relies on is the order in which n8n writes; with SQLite all other tests look at
 * it. n8n's other database writes through another driver, with other transactions.
 */
describe.skipIf(!(await hasPostgres()))('a real n8n on PostgreSQL', { timeout: 300_000 }, () => {
	let postgres: Awaited<ReturnType<typeof startPostgres>>;
	let scene: Scene;
	beforeAll(async () => {
		postgres = await startPostgres();
		scene = await Scene.open({}, limit, { postgres });
	});
	afterAll(async () => {
		await scene?.close();
		await postgres?.stop();
	});

	it('runs each event once, also after a restart', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const deliveries = Array.from({ length: 3 }, aDelivery);
		for (const delivery of deliveries) expect((await workflow.deliver(delivery)).status).toBe(200);
		await Promise.all(deliveries.map(async (delivery) => await workflow.deliver(delivery)));
		expect(await workflow.executions(3)).toHaveLength(3);
		await scene.n8n.restart();
		await workflow.routed();
		for (const delivery of deliveries) expect((await workflow.deliver(delivery)).status).toBe(200);
		expect(await workflow.executions(3)).toHaveLength(3);
		expect(existsSync(databaseFile(scene.n8n.userFolder)), 'n8n has used SQLite').toBe(false);
		await scene.client.deactivate(workflow.id);
	});

	it('acknowledges within a second what is written and waits for its turn, and runs it', async () => {
		const workflow = await scene.published({ events: ['page_create'] }, { code: slow });
		const first = await workflow.deliver(aDelivery());
		expect(first.status).toBe(200);
		const waiting = [];
		for (let number = 0; number < 3; number++) {
			waiting.push((await workflow.send({ ...aDelivery(), timeoutMs: 1000 })).status);
		}
		expect(waiting).toEqual([200, 200, 200]);
		expect(await workflow.executions(4)).toHaveLength(4);
		await scene.client.deactivate(workflow.id);
	});
});

function aDelivery() {
	return { body: event(), deliveryId: randomUUID() };
}
