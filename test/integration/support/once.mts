import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import type {
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataObject,
	IDeduplicationOutput,
	IExecuteData,
	INode,
	INodeExecutionData,
	IRunExecutionData,
} from 'n8n-workflow';
import { load, workflowWith } from './action-node.mts';
import { additionalData } from './additional-data.mts';
import { ExecuteContext } from './n8n.mts';

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
	removeProcessed: notHere,
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
		{ node: nodeId = 'node-1', continueOnFail = false } = {},
	): Promise<INodeExecutionData[]> {
		const { node: nodeType, credential } = await load();
		const node: INode = {
			...{ id: nodeId, name: 'Once', type: 'n8n-nodes-cxone-expert.cxoneExpert', typeVersion: 1 },
			position: [0, 0],
			parameters: {
				...{ resource: 'change', operation: 'letThroughOnce' },
				options: this.options as INode['parameters'],
			},
			credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
			...(continueOnFail ? { onError: 'continueRegularOutput' as const } : {}),
		};
		const workflow = workflowWith(nodeType, node);
		workflow.id = 'workflow-1';
		const data = { main: [input] };
		const secrets = { siteUrl: 'https://site.example', jwt: 'x' };
		const context = new ExecuteContext(
			workflow,
			workflow.getNode(node.name)!,
			additionalData('http://127.0.0.1:5678', () => secrets, { credential } as never, Infinity),
			'trigger',
			{ resultData: { runData: {} } } as unknown as IRunExecutionData,
			0,
			input,
			data,
			{ node, data, source: null } as IExecuteData,
			[],
		);
		const [items] = (await nodeType.execute!.call(context)) as INodeExecutionData[][];
		return items!;
	}
}
