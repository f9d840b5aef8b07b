import type { IExecuteFunctions } from 'n8n-workflow';
import { expect } from 'vitest';

import { recordProcessed } from '../../../nodes/CxoneExpert/n8n/processed-items.ts';
import { inExecution } from './execute-context.mts';
import { type N8nCode, n8nCode } from './n8n-code.mts';

interface Core {
	DataDeduplicationService: { init(helper: unknown): Promise<void>; instance?: unknown };
}

interface Database {
	initialize(): Promise<unknown>;
	destroy(): Promise<void>;
	query(sql: string): Promise<Array<Record<string, unknown>>>;
}

interface Typeorm {
	DataSource: new (options: object) => Database;
}

interface Db {
	ProcessedData: unknown;
	ProcessedDataRepository: new (database: Database) => unknown;
}

/**
 * Runs `work` with n8n's context for a node of its own; several concurrently, as in several
 * workers.
 */
export type InExecution = <T>(work: (context: IExecuteFunctions) => T) => Promise<T>;

/** n8n's own store of processed items in a database, from the context of a node down to the table. */
export async function withProcessedData(
	version: string,
	options: object,
	work: (execution: InExecution, database: Database) => Promise<void>,
): Promise<void> {
	const n8n = n8nCode(version);
	const { DataSource } = n8n.package<Typeorm>('@n8n/typeorm');
	const { ProcessedData, ProcessedDataRepository } = n8n.package<Db>('@n8n/db');
	const database = new DataSource({ ...options, entities: [ProcessedData], synchronize: true });
	await database.initialize();
	try {
		await initHelper(n8n);
		const services = { ProcessedDataRepository: new ProcessedDataRepository(database) as object };
		await inExecution(n8n, services as never, async () => {
			await work(async (call) => await inExecution(n8n, services as never, call), database);
		});
	} finally {
		await database.destroy();
	}
}

/** n8n does it at its start, and refuses a second time. */
async function initHelper(n8n: N8nCode): Promise<void> {
	const { DataDeduplicationService } = n8n.package<Core>('n8n-core');
	const { DeduplicationHelper } = n8n.module<{ DeduplicationHelper: new () => unknown }>(
		'deduplication/deduplication-helper',
	);
	if (DataDeduplicationService.instance !== undefined) return;
	await DataDeduplicationService.init(new DeduplicationHelper());
}

/** Which of the marks are new in a row. */
export async function recorded(execution: InExecution, row: string, ...marks: string[]) {
	const fresh = await execution(async (context) => await recordProcessed(context, row, marks));
	return [...fresh];
}

/** For ten executions that start with an event concurrently, each with its own context. */
export async function expectOneInserted(execution: InExecution, event = 'event'): Promise<void> {
	const executions = Array.from({ length: 10 }, (_, index) => `in ${index}`);
	const all = await Promise.allSettled(executions.map(async (own) => await recorded(execution, event, event, own)));
	const first = all.filter((each) => each.status === 'fulfilled' && each.value.includes(event));
	expect(first).toHaveLength(1);
	// What the others find then.
	for (const own of executions) {
		expect(await recorded(execution, event, event, own)).not.toContain(event);
	}
}
