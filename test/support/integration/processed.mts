import { createRequire } from 'node:module';
import { ProcessedItems } from '../processed-items.mts';

const require = createRequire(import.meta.url);
const { DataDeduplicationService } = require('n8n-core') as typeof import('n8n-core');

async function notHere(): Promise<never> {
	throw new Error('The node does not use this');
}

/** The store of the test that runs: n8n-core takes only one such service. */
const open: { items: ProcessedItems } = { items: new ProcessedItems() };

// Test files of one process share n8n-core, and each has a store of its own.
Object.assign(DataDeduplicationService, { instance: undefined });
await DataDeduplicationService.init({
	checkProcessedAndRecord: async (...args) => await open.items.checkProcessedAndRecord(...args),
	removeProcessed: async (items, scope, context) =>
		await open.items.removeProcessed(items, scope, context),
	clearAllProcessedItems: async (scope, context) =>
		await open.items.clearAllProcessedItems(scope, context),
	getProcessedDataCount: notHere,
});

/** An empty store. */
export function processedItems(): ProcessedItems {
	open.items = new ProcessedItems();
	return open.items;
}
