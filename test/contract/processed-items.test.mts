import type { IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { dropRow, hasRow, removeProcessed } from '../../nodes/CxoneExpert/n8n/processed-items.ts';
import { versions } from '../support/contract/n8n-code.mts';
import { expectOneInserted, recorded, withProcessedData } from '../support/contract/processed-data.mts';

/*
 * The trigger's step keeps marks of changes in rows of their pages in n8n's store for Remove Duplicates; in
 * workers each event has a row of its own (n8n/processed-items.ts).
 */

const SQLITE = { type: 'sqlite', database: ':memory:' };

describe.each(versions)('the store of processed items in n8n %s', (version) => {
	it(`n8n ${version} reports what is new, once`, async () => {
		await withProcessedData(version, SQLITE, async (execution) => {
			expect(await recorded(execution, 'one', 'a', 'b')).toEqual(['a', 'b']);
			expect(await recorded(execution, 'one', 'b', 'c')).toEqual(['c']);
		});
	});

	it(`n8n ${version} has no lock: two concurrent checks both report a mark as new`, async () => {
		await withProcessedData(version, SQLITE, async (execution) => {
			await recorded(execution, 'one', 'other');
			const both = [1, 2].map(async () => await recorded(execution, 'one', 'a'));
			expect(await Promise.all(both)).toEqual([['a'], ['a']]);
		});
	});

	it(`n8n ${version} drops the oldest marks above the limit`, async () => {
		await withProcessedData(version, SQLITE, async (execution) => {
			const many = Array.from({ length: 5_000 }, (_, index) => `${index}`);
			await recorded(execution, 'one', 'a', ...many.slice(1));
			await recorded(execution, 'one', 'b');
			expect(await recorded(execution, 'one', 'a', '2')).toEqual(['a']);
		});
	});

	it(`n8n ${version} has a row for each name beside that of the node, whose id stays what it is`, async () => {
		await withProcessedData(version, SQLITE, async (execution, database) => {
			for (const row of ['one', 'other']) expect(await recorded(execution, row, 'a')).toEqual(['a']);
			const rows = await database.query('SELECT context FROM processed_data ORDER BY context');
			expect(rows.map(({ context }) => context)).toEqual(['n:n:one', 'n:n:other']);
			expect(await execution((context) => context.getNode().id)).toBe('n');
		});
	});

	it.each<[what: string, remove: (context: IExecuteFunctions) => Promise<void>]>([
		['marks', async (context) => await removeProcessed(context, 'one', ['a', 'none'])],
		['a row', async (context) => await dropRow(context, 'one')],
	])(`n8n ${version} removes %s, and nothing of another row`, async (_what, remove) => {
		await withProcessedData(version, SQLITE, async (execution) => {
			for (const row of ['one', 'other']) await recorded(execution, row, 'a');
			await execution(remove);
			expect(await recorded(execution, 'one', 'a')).toEqual(['a']);
			expect(await recorded(execution, 'other', 'a')).toEqual([]);
		});
	});

	it(`n8n ${version} says whether a row is there, and makes none`, async () => {
		await withProcessedData(version, SQLITE, async (execution, database) => {
			await recorded(execution, 'third', 'other');
			await recorded(execution, 'one', 'a');
			const has = async (row: string) => await execution(async (context) => await hasRow(context, row));
			expect(await has('one')).toBe(true);
			expect(await has('other')).toBe(false);
			const [rows] = await database.query('SELECT count(*) AS count FROM processed_data');
			expect(rows?.count).toBe(2);
		});
	});

	it(`n8n ${version} inserts a row for one of ten that come at the same moment`, async () => {
		await withProcessedData(version, SQLITE, async (execution) => {
			await expectOneInserted(execution);
		});
	});
});
