import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fates } from '../../support/chaos/fates.mts';
import { startLoad } from '../../support/chaos/load.mts';
import { patientSite } from '../../support/chaos/patient-site.mts';
import { SqliteDatabase } from '../../support/n8n/database.mts';
import { hasPostgres, startPostgres } from '../../support/n8n/postgres.mts';
import {
	type DatabaseFault,
	lateCommitFailure,
	serverFaults,
	sqlFaults,
} from '../../support/e2e/database-faults.mts';
import { RepeatedDelivery } from '../../support/e2e/repeated-delivery.mts';
import { Scene } from '../../support/e2e/scene.mts';
import {
	type FaultyDatabase,
	FaultyPostgres,
	FaultySqlite,
} from '../../support/e2e/sql-faults.mts';

const env = {
	// An execution that could not begin keeps n8n from stopping for as long.
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '2',
	// What is tested is the database: the quick engine leaves more time for it.
	N8N_EXPRESSION_ENGINE: 'legacy',
};

/** What happens to a delivery besides: how often it meets the fault, and how n8n ends. */
const courses = [
	{ name: 'met once, then a stop', end: 'stop', times: 1, repeatsAfterStart: false },
	{ name: 'met twice, then a kill', end: 'kill', times: 2, repeatsAfterStart: false },
	{ name: 'met once, a kill before the retry', end: 'kill', times: 1, repeatsAfterStart: true },
];
type Course = (typeof courses)[number];

/** A delivery for each fault and course. */
interface Met<Database> {
	fault: DatabaseFault<Database>;
	course: Course;
	delivery: RepeatedDelivery;
}

/** Has n8n meet all faults, by itself and with a start behind each; n8n starts only twice. */
async function meetAll<Database>(
	scene: Scene,
	database: Database,
	faults: Array<DatabaseFault<Database>>,
): Promise<Array<Met<Database>>> {
	const workflow = await scene.published({ events: ['page_create'] });
	const all = courses.flatMap((course) =>
		faults
			.filter(({ takesLong }) => !takesLong || course.times === 1)
			.map((fault) => ({ fault, course, delivery: new RepeatedDelivery(scene, workflow) })),
	);
	for (const end of ['stop', 'kill']) {
		const now = all.filter(({ course }) => course.end === end);
		for (const { fault, course, delivery } of now) {
			for (let time = 0; time < course.times && delivery.isOpen; time++) {
				await scene.n8n.waitReady();
				await delivery.attempt(async (send) => await fault.strike(database, send));
			}
			if (!course.repeatsAfterStart) await delivery.repeat();
		}
		await scene.n8n.restart({ kill: end === 'kill' });
		await workflow.routed();
		for (const { delivery } of now) await delivery.repeat();
	}
	await workflow.settled();
	await scene.client.deactivate(workflow.id);
	return all;
}

function namesOf(faults: Array<{ name: string }>): string[] {
	return faults.map(({ name }) => name);
}

/** What went against the promise, told so that the line alone says what happened. */
function violations(met: Array<Met<unknown>>): string[] {
	return met.flatMap(({ course, delivery }) =>
		delivery.violations().map((violation) => `${course.name}: ${violation}`),
	);
}

function expectKept(all: Array<Met<unknown>>, name: string) {
	const met = all.filter(({ fault }) => fault.name === name);
	expect(violations(met)).toEqual([]);
	for (const { fault, delivery } of met) {
		if (fault.isFatal) expect(delivery.tries[0]!.status).not.toBe(200);
	}
}

/** Nobody can know before the answer; the log says it, and what comes again runs. */
async function expectToldOfLateFailure(scene: Scene, database: FaultyDatabase) {
	const workflow = await scene.published({ events: ['page_create'] });
	const delivery = new RepeatedDelivery(scene, workflow);
	const logged = scene.n8n.log.length;
	await delivery.attempt(async (send) => await lateCommitFailure.strike(database, send));
	expect(delivery.tries).toMatchObject([{ stored: 0 }]);
	const says = new RegExp(`delivery ${delivery.deliveryId}: n8n may not have saved it`);
	await scene.n8n.waitForLog(says, logged);
	await delivery.attempt();
	await workflow.settled();
	expect(delivery.tries.at(-1)).toEqual({ status: 200, stored: 1 });
	expect(delivery.runs()).toMatchObject([{ status: 'success', items: [{ redelivered: true }] }]);
	await scene.client.deactivate(workflow.id);
}

describe('faults in the SQLite database of a real n8n', () => {
	let scene: Scene;
	let database: FaultySqlite;
	let met: Array<Met<FaultySqlite>>;
	beforeAll(async () => {
		scene = await Scene.open({}, env);
		database = new FaultySqlite(new SqliteDatabase(scene.n8n.userFolder));
		met = await meetAll(scene, database, sqlFaults);
	}, 600_000);
	afterAll(async () => await scene?.close());

	it.each(namesOf(sqlFaults))('SQLite: nothing is lost or runs twice unmarked when %s', (name) => {
		expectKept(met, name);
	});

	it('SQLite: the log tells when COMMIT fails after the answer, and a copy runs, marked', async () => {
		await expectToldOfLateFailure(scene, database);
	});
});

const onPostgres = [...sqlFaults, ...serverFaults];

describe.skipIf(!(await hasPostgres()))('faults in the PostgreSQL database of a real n8n', () => {
	let postgres: Awaited<ReturnType<typeof startPostgres>>;
	let scene: Scene;
	let database: FaultyPostgres;
	let met: Array<Met<FaultyPostgres>>;
	beforeAll(async () => {
		postgres = await startPostgres();
		scene = await Scene.open(patientSite, env, { postgres });
		database = new FaultyPostgres(postgres);
		met = await meetAll(scene, database, onPostgres);
	}, 600_000);
	afterAll(async () => {
		await scene?.close();
		await postgres?.stop();
	});

	it.each(namesOf(onPostgres))(
		'PostgreSQL: nothing is lost or runs twice unmarked when %s',
		(name) => {
			expectKept(met, name);
		},
	);

	it('PostgreSQL: the log tells when COMMIT fails after the answer, and a copy runs, marked', async () => {
		await expectToldOfLateFailure(scene, database);
	});

	it('PostgreSQL: nothing is lost or runs twice unmarked when the server freezes and dies under load', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const load = startLoad(scene.site, 2);
		for (let time = 0; time < 3; time++) {
			await sleep(3_000);
			await postgres.freeze();
			await sleep(600);
			await postgres.kill();
			await postgres.startAfterDeath();
		}
		const { events } = load.stop();
		await scene.site.idle();
		// Now n8n also runs what it had written and could not begin.
		await scene.n8n.restart();
		await workflow.settled();
		const { attempts, lost, unflaggedDoubles } = fates(scene, workflow, events);
		expect(attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
		expect({ lost, unflaggedDoubles }).toEqual({ lost: [], unflaggedDoubles: [] });
		await scene.client.deactivate(workflow.id);
	}, 300_000);
});
