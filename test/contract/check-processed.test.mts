import { describe, expect, it } from 'vitest';

import { n8nCode, versions, withServices } from '../support/contract/n8n-code.mts';

/*
 * For queue mode, in which a worker keeps marks of changes in n8n's store for Remove Duplicates, behind
 * a lock of its own (trigger/watch/n8n/processed-changes.ts).
 */

interface Row {
	workflowId: string;
	context: string;
	value: { mode: string; data: string[] };
}

interface DeduplicationHelper {
	checkProcessedAndRecord(
		items: string[],
		scope: string,
		context: object,
		options: object,
	): Promise<{ new: string[]; processed: string[] }>;
}

/** n8n's store over one row of its database. */
async function withStore(
	version: string,
	work: (check: (items: string[], maxEntries?: number) => Promise<string[]>) => Promise<void>,
): Promise<void> {
	let row: Row | null = null;
	const repository = {
		findOne: async () => structuredClone(row),
		insert: async (inserted: Row) => void (row = structuredClone(inserted)),
		update: async (_where: unknown, updated: Row) => void (row = structuredClone(updated)),
	};
	const n8n = n8nCode(version);
	const { DeduplicationHelper } = n8n.module<{
		DeduplicationHelper: new () => DeduplicationHelper;
	}>('deduplication/deduplication-helper');
	const helper = new DeduplicationHelper();
	const context = { workflow: { id: 'workflow' }, node: { id: 'node' } };
	await withServices(n8n, { ProcessedDataRepository: repository }, async () => {
		await work(async (items, maxEntries = 100) => {
			const options = { mode: 'entries', maxEntries };
			return (await helper.checkProcessedAndRecord(items, 'node', context, options)).new;
		});
	});
}

describe.each(versions)('checkProcessedAndRecord in n8n %s', (version) => {
	it(`n8n ${version} reports what is new, once`, async () => {
		await withStore(version, async (check) => {
			expect(await check(['a', 'b'])).toEqual(['a', 'b']);
			expect(await check(['b', 'c'])).toEqual(['c']);
		});
	});

	it(`n8n ${version} drops the oldest above the limit`, async () => {
		await withStore(version, async (check) => {
			await check(['a', 'b']);
			await check(['c'], 2);
			expect(await check(['a', 'c'])).toEqual(['a']);
		});
	});

	it(`n8n ${version} has no lock: two concurrent checks both report an item as new`, async () => {
		await withStore(version, async (check) => {
			await check(['other']);
			expect(await Promise.all([check(['a']), check(['a'])])).toEqual([['a'], ['a']]);
		});
	});
});
