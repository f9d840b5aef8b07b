import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import type {
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDeduplicationOutput,
} from 'n8n-workflow';

type Items = Array<string | number>;

const require = createRequire(import.meta.url);
const { DataDeduplicationService } = require('n8n-core') as typeof import('n8n-core');

/**
 * n8n's store of processed items, as it keeps it in its database: one row for a node of a workflow, read,
 * changed in memory and written back, with nothing that would hold off another one in between
 * (`deduplication-helper.js`, the same in n8n 2.8.4 and 2.41.1).
 */
class ProcessedItems {
	readonly rows = new Map<string, string[]>();
	/** What a read or write does in addition: the database is down, or slow. */
	access: () => Promise<void> = async () => {};

	async checkProcessedAndRecord(
		items: Items,
		scope: string,
		{ workflow, node }: ICheckProcessedContextData,
		{ maxEntries }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		if (scope !== 'node') throw new Error(`no such scope here: ${scope}`);
		const place = `${workflow.id} n:${node!.id}`;
		const row = await this.read(place);
		const known = new Set(row);
		const isNew = (item: string | number) => !known.has(String(item));
		const marks = [...row, ...items.filter(isNew).map(String)];
		await this.write(place, maxEntries ? marks.slice(-maxEntries) : marks);
		return { new: items.filter(isNew), processed: items.filter((item) => !isNew(item)) };
	}

	private async read(place: string): Promise<string[]> {
		await this.access();
		for (let turns = 0; turns < 3; turns++) await turn();
		return [...(this.rows.get(place) ?? [])];
	}

	private async write(place: string, marks: string[]): Promise<void> {
		await this.access();
		for (let turns = 0; turns < 3; turns++) await turn();
		this.rows.set(place, marks);
	}
}

async function notHere(): Promise<never> {
	throw new Error('The node does not use this');
}

/** The store of the test that runs: n8n-core takes only one such service. */
const open: { items: ProcessedItems } = { items: new ProcessedItems() };

await DataDeduplicationService.init({
	checkProcessedAndRecord: async (...args) => await open.items.checkProcessedAndRecord(...args),
	removeProcessed: notHere,
	clearAllProcessedItems: notHere,
	getProcessedDataCount: notHere,
});

/** An empty store. */
export function processedItems(): ProcessedItems {
	open.items = new ProcessedItems();
	return open.items;
}
