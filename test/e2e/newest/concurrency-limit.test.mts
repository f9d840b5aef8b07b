import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rerunInterrupted } from '../../support/chaos/fates.mts';
import { type PostgresServer, startPostgres } from '../../support/n8n/postgres.mts';
import { runsOf, storedRuns } from '../../support/n8n/runs.mts';
import { databaseFile, withCode } from '../../support/n8n/settings.mts';
import { lacks } from '../../support/programs.mts';
import { Gate } from '../../support/e2e/gate.mts';
import { event, type PublishedTrigger } from '../../support/e2e/published-trigger.mts';
import { RecoveryScene, unmarked } from '../../support/e2e/recovery.mts';
import { eventIdOf } from '../../support/e2e/stream.mts';
import { OFTEN } from '../../support/e2e/watch.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';

const env = {
	...withCode,
	N8N_CONCURRENCY_PRODUCTION_LIMIT: '1',
	// The trigger has 700 ms: the quick engine leaves a slow machine time for the database.
	N8N_EXPRESSION_ENGINE: 'legacy',
};

const onSqlite = { database: 'SQLite', executions: 'severalInBurst', end: 'stop' } as const;
/** n8n writes through another driver there, with other transactions. */
const onPostgres = { database: 'PostgreSQL', executions: 'one', end: 'kill' } as const;

describe.each([
	{ ...onSqlite, isMissing: false },
	{ ...onPostgres, isMissing: lacks('postgresql') },
])('on $database', ({ database, executions, end, isMissing }) => {
	describe.skipIf(isMissing)('a real n8n that runs one execution at a time', () => {
		let recovery: RecoveryScene;
		let workflow: PublishedTrigger;
		let gate: Gate;
		let code: string;
		let postgres: PostgresServer | undefined;
		beforeAll(async () => {
			gate = await Gate.start();
			code = `${gate.code} return $input.all();`;
			postgres = database === 'PostgreSQL' ? await startPostgres() : undefined;
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

		it(`on ${database} n8n runs all that it has acknowledged once, also what waited and what was missed, after a ${end}`, async () => {
			const { scene } = recovery;
			const additionalOptions = { ...OFTEN.additionalOptions, deliveriesPerExecution: executions };
			workflow = await recovery.published({ events: ['page_create'], additionalOptions }, code);
			gate.open();
			const known = { body: event(), deliveryId: randomUUID() };
			const copies = [known, known, known].map(async (copy) => await workflow.deliver(copy));
			for (const { status } of await Promise.all(copies)) expect(status).toBe(200);
			await workflow.settled();

			const taken = await backlog();
			const ended = scene.n8n[end]();
			// An orderly stop waits for what runs.
			gate.open();
			await ended;
			const missed = await recovery.missed(() => recovery.makePages(1, 'Missed'));
			await scene.n8n.start();
			await recovery.until(workflow, missed);
			const { cutOff, ...fates } = await recovery.fates(workflow, [...taken, ...missed]);
			expect(fates).toEqual({ twice: [], lost: [] });
			// What ran at that moment, and no more. An orderly stop begins some of those that wait, and leaves them.
			if (end === 'kill') {
				expect(cutOff).toEqual([unmarked(taken[0]!)]);
				const failed = await scene.client.failedExecutions(workflow.id);
				expect(failed.filter(({ status }) => status === 'crashed')).toHaveLength(1);
			}
			expect(await rerunInterrupted(scene, workflow)).toEqual([]);

			expect((await workflow.deliver(known)).status).toBe(200);
			await workflow.settled();
			const runs = storedRuns(scene.database, workflow.id);
			expect(runsOf(runs, eventIdOf(known.body))).toMatchObject([{ status: 'success' }]);
			const hasSqlite = existsSync(databaseFile(scene.n8n.userFolder));
			expect(hasSqlite).toBe(database === 'SQLite');
		});

		/** New pages, of which n8n has taken the events while it runs the one of another: ten or more. */
		async function backlog(): Promise<string[]> {
			const { site } = recovery.scene;
			gate.close();
			const before = gate.arrivals;
			const taken = recovery.makePages(1, 'First');
			await gate.waitForArrivals(before + 1);
			await site.idle();
			for (let round = 1; round <= 10 && taken.length <= 10; round++) {
				taken.push(...(await takenOfTen()));
			}
			expect(taken.length).toBeGreaterThan(10);
			return taken;
		}

		/**
		 * On a busy machine n8n writes some so late that Expert is told to retry, and would be until their execution
		 * begins.
		 */
		async function takenOfTen(): Promise<string[]> {
			const { site } = recovery.scene;
			const from = site.deliveries.length;
			const pages = await recovery.missed(() => site.site.bulkImport(10));
			const isTaken = new Set(
				site.deliveries
					.slice(from)
					.filter(({ statusCode }) => statusCode === 200)
					.map(({ eventId }) => eventId),
			);
			return pages
				.filter(({ eventIds }) => eventIds.some((id) => isTaken.has(id)))
				.map(({ pageId }) => `+page_create ${pageId}`);
		}
	});
});
