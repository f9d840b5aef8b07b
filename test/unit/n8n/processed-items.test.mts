import type { IExecuteFunctions } from 'n8n-workflow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { dropOldRows, recordInRow, rowsOf } from '../../../nodes/CxoneExpert/n8n/processed-items.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { ProcessedItems } from '../../support/processed-items.mts';
import { n8nOf } from '../../support/unit/n8n-of.mts';

const MINUTE = 60_000;
const TTL_MS = 30 * MINUTE;

let store: ProcessedItems;

beforeEach(() => {
	vi.useFakeTimers();
	clearMemory();
	store = new ProcessedItems();
	store.access = async () => {};
});
afterEach(() => void vi.useRealTimers());

/** n8n's context for the trigger's own step, with the store that all workers share. */
function at(id = 'n'): IExecuteFunctions {
	const n8n = n8nOf({ id });
	// The one that n8n's store looks at.
	const node = { id, name: 'Trigger' };
	const owner = { node, workflow: n8n.getWorkflow() } as never;
	const helpers = {
		checkProcessedAndRecord: async (marks: string[], scope: string, options: object) =>
			await store.checkProcessedAndRecord(marks, scope, owner, options as never),
		clearAllProcessedItems: async (scope: string) => await store.clearAllProcessedItems(scope, owner),
	};
	return { ...n8n, node, getNode: () => structuredClone(node), helpers } as never;
}

const record = async (name: string, nodeId?: string) => await recordInRow(at(nodeId), name, ['mark'], TTL_MS);

describe('recordInRow, when the database of n8n fails', () => {
	/** When the database was asked, in ms; it fails at each of these times. */
	function failing(): number[] {
		const asked: number[] = [];
		store.access = async () => {
			asked.push(performance.now());
			throw new Error('down');
		};
		return asked;
	}

	it('recordInRow is undefined after five minutes, and asks no more', async () => {
		const asked = failing();
		const recorded = record('e');
		await vi.advanceTimersByTimeAsync(5 * MINUTE + 2_000);
		expect(await recorded).toBeUndefined();
		const { length } = asked;
		await vi.advanceTimersByTimeAsync(10 * MINUTE);
		expect(asked).toHaveLength(length);
	});

	it('recordInRow finds the row that another process has inserted at the same moment', async () => {
		store.respond = async ({ kind }) => {
			if (kind === 'read') store.rows.set('w n:n:e', ['e', 'mark']);
			store.respond = async () => {};
		};
		const recorded = record('e');
		await vi.advanceTimersByTimeAsync(25);
		expect(await recorded).toEqual(new Set());
	});
});

describe('dropOldRows', () => {
	/** The names of the rows in the database. */
	const rows = () => [...store.rows.keys()].map((key) => key.split(':').at(-1));

	it('dropOldRows drops a row when its time is over, and not sooner', async () => {
		await record('e');
		await vi.advanceTimersByTimeAsync(TTL_MS - 1);
		await record('young');
		await dropOldRows(at(), 1);
		expect(rows()).toEqual(['e', 'young']);
		await vi.advanceTimersByTimeAsync(1);
		await dropOldRows(at(), 1);
		expect(rows()).toEqual(['young']);
	});

	it('dropOldRows drops twenty rows more than were made, the oldest first', async () => {
		for (let count = 0; count < 30; count++) await record(`${count}`);
		await vi.advanceTimersByTimeAsync(TTL_MS);
		await dropOldRows(at(), 3);
		expect(rows()).toEqual(['23', '24', '25', '26', '27', '28', '29']);
	});

	it('dropOldRows never drops the row of the node, where n8n has one row for all', async () => {
		const context = Object.assign(at(), { node: undefined });
		await recordInRow(context, 'e', [], TTL_MS);
		await vi.advanceTimersByTimeAsync(TTL_MS);
		await dropOldRows(context, 1);
		expect(store.ownRow).toEqual(['e']);
	});

	it('a row that dropOldRows cannot drop stays in the database, and is not tried again', async () => {
		await record('e');
		await vi.advanceTimersByTimeAsync(TTL_MS);
		store.access = async () => await Promise.reject(new Error('down'));
		await expect(dropOldRows(at(), 1)).rejects.toThrow('down');
		store.access = async () => {};
		await dropOldRows(at(), 1);
		expect(rows()).toEqual(['e']);
	});

	it('a process remembers at most 50,000 rows of a node to drop, the newest', async () => {
		await record('oldest');
		rowsOf(at()).push(...Array.from({ length: 49_999 }, () => ({ name: 'x', dropAt: Infinity })));
		await record('newest');
		expect(rowsOf(at())).toHaveLength(50_000);
		expect(rowsOf(at())[0]?.name).toBe('x');
		expect(rowsOf(at()).at(-1)?.name).toBe('newest');
	});
});
