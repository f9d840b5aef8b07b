import { describe, it } from 'vitest';

import { versions } from '../support/contract/n8n-code.mts';
import { expectOneInserted, withProcessedData } from '../support/contract/processed-data.mts';
import { startPostgres } from '../support/n8n/postgres.mts';
import { lacks } from '../support/programs.mts';

const isMissing = lacks('postgresql');

// n8n's tables are made for one kind of database when their code is loaded.
process.env.DB_TYPE = 'postgresdb';

/** As processed-items.test.mts, with several connections to n8n's database for many workers. */
describe.skipIf(isMissing)('the store of processed items (needs PostgreSQL)', () => {
	it.each(versions)(
		'n8n %s inserts a row for one of ten that come at the same moment to PostgreSQL',
		async (version) => {
			const server = await startPostgres();
			const port = Number(server.env.DB_POSTGRESDB_PORT);
			const place = { host: '127.0.0.1', port, username: 'n8n', database: 'postgres' };
			try {
				await withProcessedData(
					version,
					{ type: 'postgres', poolSize: 10, ...place },
					async (execution) => {
						for (let event = 0; event < 20; event++) {
							await expectOneInserted(execution, `event ${event}`);
						}
					},
				);
			} finally {
				await server.stop();
			}
		},
	);
});
