import { afterAll, beforeAll, describe, it } from 'vitest';
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
import { lacks } from '../../support/programs.mts';

const onPostgres = [...sqlFaults, ...serverFaults];

describe.skipIf(lacks('postgresql'))('faults in the PostgreSQL database of a real n8n', () => {
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

	it.each(namesOf(onPostgres))('PostgreSQL: nothing is lost or runs twice unmarked when %s', (name) => {
		expectKept(met, name);
	});

	it('PostgreSQL: the log tells when COMMIT fails after the response, and a copy runs, marked', async () => {
		await expectToldOfLateFailure(scene, database);
	});
});
