import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fates, silentlyLost } from '../../support/chaos/fates.mts';
import { startLoad, DELIVERY_TIMEOUT } from '../../support/e2e/under-load.mts';
import { quickPatientSite } from '../../support/simulator/settings.mts';
import { serverFaults, sqlFaults } from '../../support/e2e/database-faults.mts';
import {
	env,
	expectKept,
	expectToldOfLateFailure,
	type Met,
	meetAll,
	namesOf,
} from '../../support/e2e/meet-faults.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { FaultyPostgres } from '../../support/e2e/sql-faults.mts';
import { startPostgres } from '../../support/n8n/postgres.mts';
import { type Run, storedRuns } from '../../support/n8n/runs.mts';
import { lacks } from '../../support/programs.mts';

const isMissing = lacks('postgresql');

const onPostgres = [...sqlFaults, ...serverFaults];

describe.skipIf(isMissing)('faults in the PostgreSQL database of a real n8n', () => {
	let postgres: Awaited<ReturnType<typeof startPostgres>>;
	let scene: Scene;
	let database: FaultyPostgres;
	let met: Array<Met<FaultyPostgres>>;
	beforeAll(async () => {
		postgres = await startPostgres();
		scene = await Scene.open(quickPatientSite, env, { postgres });
		database = new FaultyPostgres(postgres);
		// What an orderly stop adds is in n8n, whatever its database: see SQLite.
		met = await meetAll(scene, database, onPostgres, ['kill']);
	});
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

	it('PostgreSQL: the log tells when COMMIT fails after the response, and a copy runs, marked', async () => {
		await expectToldOfLateFailure(scene, database);
	});

	// A commit that takes longer than Expert waits, and then fails, can have been acknowledged: the log tells. And
	// n8n can store an execution that it could not begin once more, as failed and without its items: its list of
	// executions tells (`processError`, n8n 2.41.1).
	it('PostgreSQL: nothing is lost in silence or runs twice unmarked when the server freezes and dies under load', async () => {
		const workflow = await scene.published({ events: ['page_create'] });
		const load = startLoad(scene.site, 2);
		await sleep(2_000);
		await postgres.freeze();
		await sleep(600);
		await postgres.kill();
		await postgres.startAfterDeath();
		const { events } = load.stop();
		await scene.site.idle(DELIVERY_TIMEOUT);
		// Now n8n also runs what it had written and could not begin.
		await scene.n8n.restart();
		await workflow.settled();
		const found = fates(scene, workflow, events);
		const { attempts, unmarkedDuplicates } = found;
		expect(attempts.filter(({ failureReason }) => failureReason !== '')).not.toEqual([]);
		const emptied = storedRuns(scene.database, workflow.id).filter(hasFailedWithoutItems);
		const silent = silentlyLost(found, scene.log).slice(emptied.length);
		expect({ silent, unmarkedDuplicates }).toEqual({ silent: [], unmarkedDuplicates: [] });
		await scene.client.deactivate(workflow.id);
	});

	const hasFailedWithoutItems = ({ status, items }: Run) =>
		status === 'error' && items.length === 0;
});
