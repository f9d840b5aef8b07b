import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startPostgres } from '../../support/n8n/postgres.mts';
import { lacks } from '../../support/programs.mts';
import { databaseFile } from '../../support/n8n/settings.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { Gate } from '../../support/e2e/gate.mts';
import { event } from '../../support/e2e/published-trigger.mts';
import { eventIdOf } from '../../support/e2e/stream.mts';
import { waitUntil } from '../../support/wait.mts';
import { withCode } from '../../support/n8n/settings.mts';
import { RecoveryScene } from '../../support/e2e/recovery.mts';
import type { Scene } from '../../support/e2e/scene.mts';

const limit = { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' };

/*
 * What the trigger relies on is the order in which n8n writes; with SQLite all other tests look at
 * it. n8n's other database writes through another driver, with other transactions.
 */
describe.skipIf(lacks('postgresql'))('a real n8n on PostgreSQL', () => {
	let postgres: Awaited<ReturnType<typeof startPostgres>>;
	let recovery: RecoveryScene;
	let scene: Scene;
	beforeAll(async () => {
		postgres = await startPostgres();
		recovery = await RecoveryScene.open({}, { ...withCode, ...limit }, { postgres });
		scene = recovery.scene;
	});
	afterAll(async () => {
		await recovery?.close();
		await postgres?.stop();
	});

	it('on PostgreSQL each event runs once, also after a restart', async () => {
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

	it('on PostgreSQL deliveries that wait for their turn are acknowledged within a second, and run', async () => {
		const gate = await Gate.start();
		onTestFinished(async () => await gate.end());
		const code = `${gate.code} return $input.all();`;
		const workflow = await scene.published({ events: ['page_create'] }, { code });
		expect((await workflow.deliver()).status).toBe(200);
		await gate.waitForArrivals(1);
		// On a busy machine some come so late that the site is told to retry; they wait as well.
		const responded: string[] = [];
		let acknowledged = 0;
		await waitUntil('n8n acknowledges three deliveries that wait for their turn', async () => {
			const body = event();
			// One that is cut off may have come, or not.
			const response = await workflow.send({ body, timeoutMs: 1000 }).catch(() => undefined);
			if (response !== undefined) responded.push(eventIdOf(body));
			if (response?.status === 200) acknowledged++;
			return acknowledged === 3;
		});
		gate.open();
		await workflow.settled();
		const runs = storedRuns(scene.database, workflow.id);
		expect(runs.filter(({ status }) => status !== 'success')).toEqual([]);
		const ran = runs.flatMap(({ items }) => items.map(({ eventId }) => eventId as string));
		expect(ran).toEqual([...new Set(ran)]);
		expect(ran).toEqual(expect.arrayContaining(responded));
		await scene.client.deactivate(workflow.id);
	});

	it('on PostgreSQL missed changes come once each, also when n8n is killed meanwhile', async () => {
		const slowly = 'await new Promise((resolve) => setTimeout(resolve, 150)); return $input.all();';
		const workflow = await recovery.published({ events: ['page_create'] }, slowly);
		const wanted = await recovery.whileAway(() => recovery.makePages(10, 'Postgres'));
		await waitUntil('some have come', () => recovery.came(workflow).length >= 3);
		await recovery.killAndStart(workflow);
		expect((await recovery.until(workflow, wanted)).sort()).toEqual([...wanted].sort());
		await scene.client.deactivate(workflow.id);
	});
});

function aDelivery() {
	return { body: event(), deliveryId: randomUUID() };
}
