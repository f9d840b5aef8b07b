import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../support/n8n/database.mts';
import { fates, rerunInterrupted } from '../../support/chaos/fates.mts';
import { type PostgresServer, startPostgres } from '../../support/n8n/postgres.mts';
import { storedRuns } from '../../support/n8n/runs.mts';
import { withCode } from '../../support/n8n/settings.mts';
import { type Settings, vendorGuess } from '../../support/simulator/index.mts';
import { runningFails } from '../../support/e2e/database-faults.mts';
import { Gate } from '../../support/e2e/gate.mts';
import type { PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { RepeatedDelivery } from '../../support/e2e/repeated-delivery.mts';
import { RecoveryScene } from '../../support/e2e/recovery.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { OFTEN } from '../../support/e2e/watch.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';
import { waitFor, waitUntil } from '../../support/wait.mts';
import { FaultySqlite } from '../../support/e2e/sql-faults.mts';

const env = {
	...withCode,
	N8N_CONCURRENCY_PRODUCTION_LIMIT: '1',
	// The trigger has 700 ms: the quick engine leaves a slow machine time for the database.
	N8N_EXPRESSION_ENGINE: 'legacy',
};

/** Each event is delivered once: a slow machine acknowledges fewer of them in time, not later. */
const onceOnly: Partial<Settings> = {
	...vendorGuess,
	allowHttpUrls: true,
	retries: 0,
	autoDisableAfter: Number.POSITIVE_INFINITY,
};

/** That are acknowledged while one execution runs and does not end. */
const ACKNOWLEDGED = 8;

describe('a real n8n that runs one execution at a time', () => {
	let scene: Scene;
	beforeAll(async () => (scene = await Scene.open(onceOnly, env)));
	afterAll(async () => await scene?.close());

	let gate: Gate;
	let code: string;
	beforeEach(async () => {
		gate = await Gate.start();
		code = `${gate.code} return $input.all();`;
	});
	afterEach(async () => await gate.end());

	/** Events that happen while the first of them runs, and that are acknowledged all the same. */
	async function acknowledgedEvents(): Promise<string[]> {
		const { site } = scene;
		site.emit('page_create');
		await gate.waitForArrivals(1);
		await site.idle();
		const from = site.deliveries.length;
		const acknowledged = () =>
			site.deliveries.slice(from).filter(({ statusCode }) => statusCode === 200);
		const areEnough = async () => {
			site.emit('page_create');
			await site.idle();
			return acknowledged().length >= ACKNOWLEDGED;
		};
		const what = `${ACKNOWLEDGED} events that wait for their turn are acknowledged`;
		await waitUntil(what, areEnough);
		return acknowledged().map(({ eventId }) => eventId);
	}

	it.each(['stop', 'kill'] as const)(
		'deliveries that wait for their turn are acknowledged and run once each, also after a %s of n8n',
		async (how) => {
			const workflow = await scene.published({ events: ['page_create'] }, { code });
			const events = await acknowledgedEvents();
			expect(workflow.webhooks()).toMatchObject([{ active: true, consecutiveFailures: 0 }]);
			const statuses = () => storedRuns(scene.database, workflow.id).map(({ status }) => status);
			expect(fates(scene, workflow, events).lost).toEqual([]);
			expect(statuses()).toContain('new');

			const ended = how === 'kill' ? scene.n8n.kill() : scene.n8n.stop();
			// An orderly stop waits for what runs.
			gate.open();
			await ended;
			await scene.n8n.start();
			await workflow.settled(400_000);
			const { lost, interrupted, ...duplicates } = fates(scene, workflow, events);
			console.log(`After a ${how}, ${interrupted.length} of ${events.length} were cut off.`);
			expect(lost).toEqual([]);
			expect(duplicates).toMatchObject({ unmarkedDuplicates: [], markedDuplicates: [] });
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
		expect(waiting.tries).toMatchObject([{ status: 200, stored: 1 }]);
		await waiting.attempt();
		// A busy n8n may tell it to retry once more.
		await waiting.repeat();
		await scene.n8n.restart();
		await workflow.settled(400_000);
		expect(first.violations()).toEqual([]);
		expect(waiting.violations()).toEqual([]);
		expect(waiting.runs()).toHaveLength(2);
		await scene.client.deactivate(workflow.id);
	});
});

describe('recovery beside a backlog, in a real n8n that runs one execution at a time', () => {
	let recovery: RecoveryScene;
	let workflow: PublishedTrigger;
	let gate: Gate;
	let postgres: PostgresServer | undefined;
	beforeAll(async () => {
		gate = await Gate.start();
		postgres = process.env.POSTGRES === 'true' ? await startPostgres() : undefined;
		recovery = await RecoveryScene.open(quickPatientSite, env, { postgres });
	});
	afterAll(async () => {
		await recovery?.close();
		await gate?.end();
		await postgres?.stop();
	});
	afterEach(async () => {
		gate.open();
		await recovery.scene.client.deactivate(workflow.id);
	});

	/** Ten new pages, of which n8n has taken the events while it runs the one of another. */
	async function backlog(prefix: string): Promise<string[]> {
		const { site } = recovery.scene;
		gate.close();
		const before = gate.arrivals;
		const first = recovery.makePages(1, `${prefix}/First`);
		await gate.waitForArrivals(before + 1);
		await site.idle();
		const from = site.deliveries.length;
		const waiting = recovery.makePages(10, prefix);
		await site.idle();
		const taken = site.deliveries.slice(from).filter(({ statusCode }) => statusCode === 200);
		expect(taken).toHaveLength(10);
		return [...first, ...waiting];
	}

	it.each([
		['one', 'kill'],
		['severalWhenBusy', 'stop'],
	] as const)(
		'a backlog of ten, deliveries per execution "%s", comes once each also after a %s of n8n',
		async (deliveriesPerExecution, how) => {
			const additionalOptions = { ...OFTEN.additionalOptions, deliveriesPerExecution };
			const parameters = { events: ['page_create'], additionalOptions };
			workflow = await recovery.published(parameters, `${gate.code} return $input.all();`);
			const taken = await backlog(`${deliveriesPerExecution}_${how}`);
			const ended = recovery.end(how);
			// An orderly stop waits for what runs.
			gate.open();
			await ended;
			const path = `${deliveriesPerExecution}_${how}/Missed`;
			const missed = await recovery.missed(() => recovery.makePages(1, path));
			await recovery.start();
			await recovery.until(workflow, missed);
			const { cutOff, ...fates } = await recovery.fates(workflow, [...taken, ...missed]);
			const seen = { deliveriesPerExecution, how, made: taken.length + missed.length };
			console.log(JSON.stringify({ ...seen, ...fates, cutOff }));
			expect(fates).toEqual({ twice: [], lost: [] });
		},
	);
});
