import { afterAll, beforeAll, describe, it } from 'vitest';
import { sqlFaults } from '../../support/e2e/database-faults.mts';
import {
	env,
	expectKept,
	expectToldOfLateFailure,
	type Met,
	meetAll,
	namesOf,
} from '../../support/e2e/meet-faults.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { FaultySqlite } from '../../support/e2e/sql-faults.mts';
import { SqliteDatabase } from '../../support/n8n/database.mts';

describe('faults in the SQLite database of a real n8n', () => {
	let scene: Scene;
	let database: FaultySqlite;
	let met: Array<Met<FaultySqlite>>;
	beforeAll(async () => {
		scene = await Scene.open({}, env);
		database = new FaultySqlite(new SqliteDatabase(scene.n8n.userFolder));
		met = await meetAll(scene, database, sqlFaults);
	});
	afterAll(async () => await scene?.close());

	it.each(namesOf(sqlFaults))('SQLite: nothing is lost or runs twice unmarked when %s', (name) => {
		expectKept(met, name);
	});

	it('SQLite: the log tells when COMMIT fails after the response, and a copy runs, marked', async () => {
		await expectToldOfLateFailure(scene, database);
	});
});
