import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

import { versions } from '../support/contract/n8n-code.mts';
import { expectOneInserted, recorded, withProcessedData } from '../support/contract/processed-data.mts';
import { startPostgres } from '../support/n8n/postgres.mts';
import { lacks } from '../support/programs.mts';

const isMissing = lacks('postgresql');

// n8n's tables are made for one kind of database when their code is loaded.
process.env.DB_TYPE = 'postgresdb';

/** As processed-items.test.mts, with several connections to n8n's database for many workers. */
describe.skipIf(isMissing)('the store of processed items (needs PostgreSQL)', () => {
	it('the statements of docs/operating.md drop old rows of events and changes, and nothing else', async () => {
		const old = ['o'.repeat(22), 'change:site:371:e:1'];
		const others = ['y'.repeat(22), 'change:site:372:e:1', 'published site:371', 'draft site:371'];
		await onPostgres(versions[0]!, async (execution, database) => {
			for (const row of [...old, ...others]) await recorded(execution, row, 'mark');
			const aged = [...old, ...others.slice(2)].map((row) => `'n:n:${row}'`).join();
			const at = `"updatedAt" = now() - interval '31 days'`;
			await database.query(`UPDATE processed_data SET ${at} WHERE context IN (${aged})`);
			const document = await readFile('docs/operating.md', 'utf8');
			for (const [statement] of document.matchAll(/^DELETE FROM processed_data .*;$/gm))
				await database.query(statement);
			const left = await database.query('SELECT context FROM processed_data');
			const names = left.map(({ context }) => context).sort();
			expect(names).toEqual(others.map((row) => `n:n:${row}`).sort());
		});
	});

	it.each(versions)(
		'n8n %s inserts a row for one of ten that come at the same moment to PostgreSQL',
		async (version) => {
			await onPostgres(version, async (execution) => {
				for (let event = 0; event < 20; event++) await expectOneInserted(execution, `event ${event}`);
			});
		},
	);
});

type Work = Parameters<typeof withProcessedData>[2];

async function onPostgres(version: string, work: Work): Promise<void> {
	const server = await startPostgres();
	const port = Number(server.env.DB_POSTGRESDB_PORT);
	const place = { host: '127.0.0.1', port, username: 'n8n', database: 'postgres' };
	try {
		await withProcessedData(version, { type: 'postgres', poolSize: 10, ...place }, work);
	} finally {
		await server.stop();
	}
}
