import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import type {
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataObject,
	IDeduplicationOutput,
	INodeExecutionData,
} from 'n8n-workflow';
import { runWith } from './action-node.mts';

type Items = Array<string | number>;

const require = createRequire(import.meta.url);
const { DataDeduplicationService } = require('n8n-core') as typeof import('n8n-core');

/**
 * n8n's record of what was let through, as it keeps it in its database: one row for a node of a
 * workflow, read, changed in memory and written back, with nothing that would hold off another one in
 * between (`deduplication-helper.js`, the same in n8n 2.8.4 and 2.41.1).
 */
class LetThroughRecord {
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

	async removeProcessed(
		items: Items,
		scope: string,
		{ workflow, node }: ICheckProcessedContextData,
	): Promise<void> {
		if (scope !== 'node') throw new Error(`no such scope here: ${scope}`);
		const place = `${workflow.id} n:${node!.id}`;
		const gone = new Set(items.map(String));
		const row = await this.read(place);
		await this.write(
			place,
			row.filter((mark) => !gone.has(mark)),
		);
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

/** The record of the workflow that was made last: n8n-core takes only one such service. */
const open: { record?: LetThroughRecord } = {};

await DataDeduplicationService.init({
	checkProcessedAndRecord: async (...args) => await open.record!.checkProcessedAndRecord(...args),
	removeProcessed: async (items, scope, context) =>
		await open.record!.removeProcessed(items, scope, context),
	clearAllProcessedItems: notHere,
	getProcessedDataCount: notHere,
});

/** A workflow with one node "Let Through Once"; each call of {@link execute} is an execution of it. */
export class OnceWorkflow {
	readonly record = new LetThroughRecord();
	private readonly options: IDataObject;

	constructor(options: IDataObject = {}) {
		this.options = options;
		open.record = this.record;
	}

	async execute(
		input: INodeExecutionData[],
		{
			node: nodeId = 'node-1',
			continueOnFail = false,
			retry = false,
			resumeToken = randomUUID() as string,
		} = {},
	): Promise<INodeExecutionData[]> {
		const parameters = {
			...{ resource: 'change', operation: 'letThroughOnce' },
			options: this.options,
		};
		return await runWith(
			{ siteUrl: 'https://site.example', jwt: 'x' },
			{ parameters, input, continueOnFail },
			{ nodeId, workflowId: 'workflow-1', mode: retry ? 'retry' : 'trigger', resumeToken },
		);
	}
}
