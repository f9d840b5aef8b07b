import { setImmediate as turn } from 'node:timers/promises';
import type {
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

type Items = Array<string | number>;

/** One statement; it takes effect between the two calls. */
export interface Statement {
	row: 'of the node' | 'of an event' | 'of a page';
	kind: 'read' | 'write';
}

/**
 * n8n's store of processed items, as it keeps it in its database: one row for a node of a workflow. It is
 * read, changed in memory and written back, with nothing that would hold off another one in between; of
 * two that insert it one fails (`deduplication-helper.js`, the same in n8n 2.8.4 and 2.41.1).
 */
export class ProcessedItems
	implements
		Pick<
			IDataDeduplicator,
			'checkProcessedAndRecord' | 'removeProcessed' | 'clearAllProcessedItems' | 'getProcessedDataCount'
		>
{
	readonly rows: Map<string, string[]>;
	/** An n8n of another version may know a node by another id than the one that it is given. */
	hasOneRow = false;
	/** Runs before a statement: another one interferes, or the database is slow or down. */
	access: (statement: Statement) => Promise<void> = async () => {
		for (let turns = 0; turns < 3; turns++) await turn();
	};
	/** Runs between a statement and its result. */
	respond: (statement: Statement) => Promise<void> = async () => {};

	/** @param rows the table, which several processes may share */
	constructor(rows = new Map<string, string[]>()) {
		this.rows = rows;
	}

	/** The marks in the row of the node. */
	get ownRow(): string[] {
		return [...this.rows].find(([key]) => ownerOf(key) === 'of the node')?.[1] ?? [];
	}

	async checkProcessedAndRecord(
		items: Items,
		scope: string,
		context: ICheckProcessedContextData,
		{ maxEntries }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const key = this.keyOf(scope, context);
		const row = await this.statement(key, 'read', () => this.rows.get(key)?.slice());
		const known = new Set(row);
		const isNew = (item: string | number) => !known.has(String(item));
		const marks = [...(row ?? []), ...items.filter(isNew).map(String)];
		const kept = maxEntries ? marks.slice(-maxEntries) : marks;
		await this.statement(key, 'write', () => {
			if (row === undefined && this.rows.has(key)) throw new Error('UNIQUE constraint failed');
			// An update of a row that is gone changes nothing.
			if (row === undefined || this.rows.has(key)) this.rows.set(key, kept);
		});
		return { new: items.filter(isNew), processed: items.filter((item) => !isNew(item)) };
	}

	async removeProcessed(items: Items, scope: string, context: ICheckProcessedContextData): Promise<void> {
		const key = this.keyOf(scope, context);
		const row = await this.statement(key, 'read', () => this.rows.get(key));
		const gone = new Set(items.map(String));
		const kept = row?.filter((mark) => !gone.has(mark));
		if (kept !== undefined) await this.statement(key, 'write', () => this.rows.set(key, kept));
	}

	async clearAllProcessedItems(scope: string, context: ICheckProcessedContextData): Promise<void> {
		const key = this.keyOf(scope, context);
		await this.statement(key, 'write', () => this.rows.delete(key));
	}

	async getProcessedDataCount(scope: string, context: ICheckProcessedContextData): Promise<number> {
		const key = this.keyOf(scope, context);
		return await this.statement(key, 'read', () => this.rows.get(key)?.length ?? 0);
	}

	private keyOf(scope: string, { workflow, node }: ICheckProcessedContextData): string {
		if (scope !== 'node') throw new Error(`no such scope here: ${scope}`);
		const id = this.hasOneRow ? node!.id.split(':')[0] : node!.id;
		return `${workflow.id} n:${id}`;
	}

	private async statement<T>(key: string, kind: Statement['kind'], run: () => T): Promise<T> {
		const statement: Statement = { row: ownerOf(key), kind };
		await this.access(statement);
		const result = run();
		await this.respond(statement);
		return result;
	}
}

/** By what follows the node's ID. */
function ownerOf(key: string): Statement['row'] {
	const [, , row] = key.split(':');
	if (row === undefined) return 'of the node';
	return row === 'change' ? 'of a page' : 'of an event';
}
