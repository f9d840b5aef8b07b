import { type IExecuteFunctions, type INode, sleep } from 'n8n-workflow';

import { beforeDeadline } from '../api/deadline';
import { perNode } from '../memory';

/*
 * Relies on: the store of n8n's Remove Duplicates node, `checkProcessedAndRecord`, `removeProcessed` and
 * `getProcessedDataCount`.
 *
 * - It has one row for a node of a workflow, which all processes share. A row is read, changed in memory and
 *   written back without a lock; above `maxEntries` the oldest marks are dropped.
 * - A row that is not there is inserted with all marks of the call. Workflow and node are its primary key:
 *   of two inserts at the same moment one fails, and that call throws.
 * - The rows of a workflow are deleted with it.
 * - Before the store waits for anything it has read the id of the node from the object that the context
 *   holds as `node`. For the length of the call the node has another id here, and so another row.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: an error lets the items pass, marked, and n8n's log says
 * so. Where the context has no such `node`, all marks are in one row: two workers can lose each other's, so
 * a copy that comes at the same moment may run unmarked.
 */

/** How long an execution waits for the store. */
export const MAX_WAIT_MS = 5_000;

/** The row of an event is there for so long at the least. Processes that share deliveries mark older events. */
export const KNOWN_BY_WORKERS_MS = 10 * 60_000;

/** Marks in a row, the newest: each call parses and writes all of it. */
const MAX_MARKS = 5_000;

/** One beside the row of the node; that of the node without a name. */
interface Row {
	row?: string;
}

/** Those that were not in the row yet; they are from now on. */
export async function recordProcessed(
	context: IExecuteFunctions,
	marks: string[],
	{ row }: Row = {},
): Promise<Set<string>> {
	if (marks.length === 0) return new Set();
	const options = { mode: 'entries', maxEntries: MAX_MARKS } as const;
	const checked = await withNodeId(context, row, async () => {
		return await context.helpers.checkProcessedAndRecord(marks, 'node', options);
	});
	return new Set(checked.new.map(String));
}

/** Takes marks out of a row. */
export async function removeProcessed(
	context: IExecuteFunctions,
	marks: string[],
	{ row }: Row = {},
): Promise<void> {
	if (marks.length === 0) return;
	await withNodeId(context, row, async () => {
		await context.helpers.removeProcessed(marks, 'node', { mode: 'entries' });
	});
}

/**
 * Whether {@link recordInRow} has made this row. Where n8n gives a node one row only, nobody can tell.
 *
 * @returns `undefined` when the database does not say so within {@link MAX_WAIT_MS}
 */
export async function hasRow(
	context: IExecuteFunctions,
	row: string,
): Promise<boolean | undefined> {
	const ask = async () =>
		await withNodeId(context, row, async () => {
			if (!context.getNode().id.endsWith(row)) return false;
			const marks = await context.helpers.getProcessedDataCount('node', { mode: 'entries' });
			return marks > 0;
		});
	const deadline = performance.now() + MAX_WAIT_MS;
	return await beforeDeadline(deadline, untilItResponds(ask, deadline));
}

/** Between two tries to ask n8n's database, and after how long there is no other one. */
const RETRY_MS = { first: 25, max: 1_000, all: 5 * 60_000 };

/**
 * {@link recordProcessed} in a row of its own, which one of several processes inserts, the one whose `name` is new.
 *
 * It takes as long as n8n's database does, and never throws. At first a failure means that another process was
 * faster: then the next try finds its row.
 *
 * @param ttlMs after so long {@link dropOldRows} drops it there; absent for a row that stays as long as the workflow
 * @returns `undefined` when the database did not respond for five minutes
 */
export async function recordInRow(
	context: IExecuteFunctions,
	name: string,
	marks: string[],
	ttlMs?: number,
): Promise<Set<string> | undefined> {
	const all = [name, ...marks];
	const record = async () => await recordProcessed(context, all, { row: name });
	const fresh = await untilItResponds(record, performance.now() + RETRY_MS.all);
	if (fresh?.has(name) && ttlMs !== undefined) keep(context, name, ttlMs);
	return fresh;
}

/** What n8n's database says at the first call that does not fail. One that hangs ends with its caller's deadline. */
async function untilItResponds<T>(ask: () => Promise<T>, giveUpAt: number): Promise<T | undefined> {
	for (let wait = RETRY_MS.first; ; wait = Math.min(2 * wait, RETRY_MS.max)) {
		const said = await ask().catch(() => undefined);
		if (said !== undefined || performance.now() > giveUpAt) return said;
		await sleep(wait);
	}
}

/** Rows of a node that a process drops later; what is more stays in the database. */
const MAX_ROWS = 50_000;
/** Drop up to this many more expired rows than were added, so that the backlog shrinks. */
const MORE_DROPPED = 20;

/** By node: the rows that this process has inserted, oldest first; `dropAt` in ms of the monotonic clock. */
export const rowsOf = perNode((): Array<{ name: string; dropAt: number }> => []);

function keep(context: IExecuteFunctions, name: string, ttlMs: number): void {
	const rows = rowsOf(context);
	rows.push({ name, dropAt: performance.now() + ttlMs });
	if (rows.length > MAX_ROWS) rows.shift();
}

/**
 * Drops rows whose time is over. One that cannot be dropped stays in the database, as do those of a process that has
 * ended.
 *
 * @param made how many rows were added since the last call
 */
export async function dropOldRows(context: IExecuteFunctions, made: number): Promise<void> {
	const rows = rowsOf(context);
	const now = performance.now();
	const old = rows.slice(0, made + MORE_DROPPED).filter(({ dropAt }) => dropAt <= now);
	rows.splice(0, old.length);
	for (const { name } of old) await dropRow(context, name);
}

export async function dropRow(context: IExecuteFunctions, row: string): Promise<void> {
	await withNodeId(context, row, async () => {
		// Never that of the node itself.
		if (!context.getNode().id.endsWith(row)) return;
		await context.helpers.clearAllProcessedItems('node', { mode: 'entries' });
	});
}

/** Only until the call waits for something: nobody else sees the other id. */
function withNodeId<T>(context: IExecuteFunctions, row: string | undefined, call: () => T): T {
	const { node } = context as { node?: INode };
	if (node === undefined || row === undefined) return call();
	const { id } = node;
	node.id = `${id}:${row}`;
	try {
		return call();
	} finally {
		node.id = id;
	}
}
