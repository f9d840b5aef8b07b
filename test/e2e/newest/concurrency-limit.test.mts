import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../support/n8n/database.mts';
import { fates } from '../../support/chaos/fates.mts';
import { rerunInterrupted } from '../../support/chaos/rerun.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { vendorGuess } from '../../support/simulator/index.mts';
import { runningFails } from '../../support/e2e/database-faults.mts';
import { RepeatedDelivery } from '../../support/e2e/repeated-delivery.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { FaultySqlite } from '../../support/e2e/sql-faults.mts';

const limit = { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' };
const slow = 'await new Promise((resolve) => setTimeout(resolve, 5000)); return $input.all();';

/** More than n8n runs while they are delivered. */
const numberOfEvents = 8;

describe('a real n8n that runs one execution at a time', { timeout: 400_000 }, () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open({ ...vendorGuess, allowHttpUrls: true }, limit)));
	afterAll(async () => await scene.close());

	it.each(['restart', 'kill'] as const)(
		'acknowledges what waits for its turn, and runs each once, also after a %s',
		async (how) => {
			const workflow = await scene.published({ events: ['page_create'] }, { code: slow });
			const events: string[] = [];
			for (let number = 0; number < numberOfEvents; number++) {
				events.push(scene.site.emit('page_create').id);
				await scene.site.idle();
			}
			const statuses = () => storedRuns(scene.database, workflow.id).map(({ status }) => status);
			expect(fates(scene, workflow, events).lost).toEqual([]);
			expect(statuses()).toContain('new');
			// By the rules that we guess the vendor to have, it would be off after ten failures in a row.
			expect(workflow.webhooks()).toMatchObject([{ active: true, consecutiveFailures: 0 }]);

			await scene.n8n.restart({ kill: how === 'kill' });
			await workflow.settled();
			const { executions, lost, interrupted } = fates(scene, workflow, events);
			console.log(`After a ${how}, ${interrupted.length} of ${numberOfEvents} were cut off.`);
			expect(executions).toBe(numberOfEvents);
			expect(lost).toEqual([]);
			// What ran at that moment, and no more: n8n starts again what had not begun. But in an orderly
			// stop it begins some of those that wait, and does not wait for their end.
			if (how === 'kill') expect(interrupted.length).toBeLessThanOrEqual(1);
			expect((await rerunInterrupted(scene, workflow)).left).toEqual([]);
			await scene.client.deactivate(workflow.id);
		},
	);

	it('runs in the end, and marks a copy of, what it accepted and could not begin when its turn came', async () => {
		const workflow = await scene.published({ events: ['page_create'] }, { code: slow });
		const database = new FaultySqlite(new SqliteDatabase(scene.n8n.userFolder));
		const first = new RepeatedDelivery(scene, workflow);
		await first.attempt();
		await first.repeat();
		const waiting = new RepeatedDelivery(scene, workflow);
		const logged = scene.n8n.log.length;
		await waiting.attempt(async (send) => {
			await send();
			database.install([runningFails]);
			const says = new RegExp(`delivery ${waiting.deliveryId}: n8n may not have saved it`);
			await scene.n8n.waitForLog(says, logged);
			database.remove();
		});
		expect(waiting.tries).toEqual([{ status: 200, stored: 1 }]);
		await waiting.attempt();
		await scene.n8n.restart();
		await workflow.settled();
		expect(first.violations()).toEqual([]);
		expect(waiting.violations()).toEqual([]);
		expect(waiting.runs()).toHaveLength(2);
		await scene.client.deactivate(workflow.id);
	});
});
