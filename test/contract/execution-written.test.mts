import type { INodeExecutionData } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';

import { onExecutionWritten, showsWriting } from '../../nodes/CxoneExpert/n8n/execution-written.ts';
import { clearMemory } from '../../nodes/CxoneExpert/memory.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';
import { newestN8n } from '../support/n8n/runtime.mts';

beforeEach(clearMemory);

type Persistence = new (...services: unknown[]) => {
	create(payload: unknown): Promise<string>;
};

/** What n8n does when it writes an execution that starts with this item. */
async function written(version: string): Promise<string[]> {
	const events: string[] = [];
	const { ExecutionPersistence } = n8nCode(version).module<{ ExecutionPersistence: Persistence }>(
		'executions/execution-persistence',
	);
	const tx = {
		insert: async () => {
			events.push('statement');
			return { identifiers: [{ id: 1 }] };
		},
		update: async () => {},
	};
	const transaction = async (work: (given: typeof tx) => Promise<string>) => {
		const id = await work(tx);
		events.push('commit');
		return id;
	};
	const item: INodeExecutionData = { json: {} };
	onExecutionWritten(item, () => events.push('looked for binary data'));
	const dbStore = { write: async () => void events.push('statement') };
	const repository = {
		manager: { transaction },
		runInTransaction: async (_context: unknown, work: (given: typeof tx) => Promise<string>) => await transaction(work),
	};
	const storage = { modeTag: 'db' };
	const services =
		version === newestN8n
			? [repository, {}, {}, dbStore, storage, {}, {}, {}, { emit: () => {} }]
			: [repository, {}, {}, storage];
	const persistence = new ExecutionPersistence(...services);
	const executionData = { nodeExecutionStack: [{ data: { main: [[item]] } }] };
	const data = { resultData: { runData: {} }, executionData };
	await persistence.create({ data, workflowData: { id: 'w', nodes: [], connections: {} } });
	return events;
}

describe('writing an execution', () => {
	it(`n8n ${newestN8n} looks for binary data after the statements and before the commit`, async () => {
		expect(await written(newestN8n)).toEqual(['statement', 'statement', 'looked for binary data', 'commit']);
		expect(showsWriting()).toBe(true);
	});

	it.each(versions.filter((version) => version !== newestN8n))(
		'n8n %s does not look for binary data: the node falls back to 503 at the deadline',
		async (version) => {
			expect(await written(version)).toEqual(['statement', 'statement', 'commit']);
			expect(showsWriting()).toBe(false);
		},
	);
});
