import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../support/n8n/database.mts';
import { fates } from '../../support/chaos/fates.mts';
import { rerunInterrupted } from '../../support/chaos/rerun.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { vendorGuess } from '../../support/simulator/index.mts';
import { runningFails } from '../../support/e2e/database-faults.mts';
import { Gate } from '../../support/e2e/gate.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { RepeatedDelivery } from '../../support/e2e/repeated-delivery.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { waitFor } from '../../support/wait.mts';
import { FaultySqlite } from '../../support/e2e/sql-faults.mts';

const limit = { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' };
/** That are acknowledged while one execution runs and does not end. */
const ACKNOWLEDGED = 8;
/** On a busy machine some come so late that the site is told to retry. */
const MAX_EVENTS = 3 * ACKNOWLEDGED;

describe('a real n8n that runs one execution at a time', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open({ ...vendorGuess, allowHttpUrls: true }, limit)));
	afterAll(async () => await scene?.close());

	let gate: Gate;
	let code: string;
	beforeEach(async () => {
		gate = await Gate.start();
		code = `${gate.code} return $input.all();`;
	});
	afterEach(async () => await gate.end());

	/** Events that happen while the first of them runs; most of them are acknowledged at once. */
	async function eventsBehindGate(workflow: PublishedTrigger): Promise<string[]> {
		const { site } = scene;
		const events: string[] = [];
		const accepted = () =>
			site.deliveries.filter(({ eventId, statusCode, retryAttempt }) => {
				const isFirst = events.includes(eventId) && retryAttempt === 0;
				return isFirst && statusCode === 200;
			});
		while (accepted().length < ACKNOWLEDGED && events.length < MAX_EVENTS) {
			events.push(site.emit('page_create').id);
			await site.idle();
			if (events.length === 1) await gate.waitForArrivals(1);
		}
		expect(accepted()).toHaveLength(ACKNOWLEDGED);
		// The last one was: by the rules that we guess the vendor to have, ten failures in a row would
		// have disabled the webhook.
		expect(workflow.webhooks()).toMatchObject([{ active: true, consecutiveFailures: 0 }]);
		return events;
	}

	it.each(['stop', 'kill'] as const)(
		'deliveries that wait for their turn are acknowledged and run once each, also after a %s of n8n',
		async (how) => {
			const workflow = await scene.published({ events: ['page_create'] }, { code });
			const events = await eventsBehindGate(workflow);
			const statuses = () => storedRuns(scene.database, workflow.id).map(({ status }) => status);
			expect(fates(scene, workflow, events).lost).toEqual([]);
			expect(statuses()).toContain('new');

			const ended = how === 'kill' ? scene.n8n.kill() : scene.n8n.stop();
			// An orderly stop waits for what runs.
			gate.open();
			await ended;
			await scene.n8n.start();
			await workflow.settled();
			const { executions, lost, interrupted } = fates(scene, workflow, events);
			console.log(`After a ${how}, ${interrupted.length} of ${events.length} were cut off.`);
			expect(executions).toBe(events.length);
			expect(lost).toEqual([]);
			// What ran at that moment, and no more: n8n starts again what had not begun. But in an orderly
			// stop it begins some of those that wait, and does not wait for their end.
			if (how === 'kill') expect(interrupted.length).toBeLessThanOrEqual(1);
			expect((await rerunInterrupted(scene, workflow)).left).toEqual([]);
			await scene.client.deactivate(workflow.id);
		},
	);

	/** On a busy machine some come so late that the site is told to retry; they wait as well. */
	async function acknowledgedBehindGate(workflow: PublishedTrigger) {
		return await waitFor('a delivery behind the gate is acknowledged', async () => {
			const logged = scene.n8n.log.length;
			const waiting = new RepeatedDelivery(scene, workflow);
			await waiting.attempt();
			return waiting.status === 200 ? { waiting, logged } : undefined;
		});
	}

	it('an acknowledged delivery that n8n could not begin runs in the end, and its copy is marked', async () => {
		const workflow = await scene.published({ events: ['page_create'] }, { code });
		const database = new FaultySqlite(new SqliteDatabase(scene.n8n.userFolder));
		const first = new RepeatedDelivery(scene, workflow);
		await first.attempt();
		await first.repeat();
		await gate.waitForArrivals(1);
		const { waiting, logged } = await acknowledgedBehindGate(workflow);
		database.install([runningFails]);
		gate.open();
		const says = new RegExp(`delivery ${waiting.deliveryId}: n8n may not have saved it`);
		await scene.n8n.waitForLog(says, logged);
		database.remove();
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
