import { type IExecuteFunctions, type INode, sleep } from 'n8n-workflow';

import { MINUTE_MS } from '../durations';
import { beforeDeadline } from '../api/deadline';
import { perNode } from '../memory';

/*
 * Relies on: the store of n8n's Remove Duplicates node, `checkProcessedAndRecord`,
 * `removeProcessed` and `getProcessedDataCount`.
 *
 * - All processes share one row per node of a workflow. A row is read, changed in memory and
 *   written back without a lock; above `maxEntries` the oldest marks are dropped.
 * - A missing row is inserted with all marks of the call. Workflow and node are its primary key: of
 *   two concurrent inserts one fails, and its call throws.
 * - Deleting a workflow deletes its rows.
 * - The store reads the node's ID from the context's `node` synchronously, before it awaits
 *   anything. So we change the ID for the length of the call, to get another row.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: an error lets the items pass, marked, and n8n's
 * log says so. Without `node` in the context, all marks share one row: two workers can lose each
 * other's marks, so a concurrent copy may run unmarked.
 *
 * Look first at: `deduplication-helper`: where does it read the ID of the node, and what does a
 * lost insert do?
 */

/** How long an execution waits for the store. */
export const MAX_STORE_WAIT_MS = 5_000;

/** Minimum lifetime of an event's row. Processes that share deliveries mark older events. */
export const KNOWN_BY_WORKERS_MS = 10 * MINUTE_MS;

/** Newest marks kept in a row: each call parses and writes all of it. */
const MAX_MARKS = 5_000;

/** Adds marks to a row beside the node's own, and returns those that were new. */
export async function recordProcessed(context: IExecuteFunctions, row: string, marks: string[]): Promise<Set<string>> {
	const options = { mode: 'entries', maxEntries: MAX_MARKS } as const;
	const checked = await withNodeId(context, row, async () => {
		return await context.helpers.checkProcessedAndRecord(marks, 'node', options);
	});
	return new Set(checked.new.map(String));
}

export async function removeProcessed(context: IExecuteFunctions, row: string, marks: string[]): Promise<void> {
	if (marks.length === 0) return;
	await withNodeId(context, row, async () => {
		await context.helpers.removeProcessed(marks, 'node', { mode: 'entries' });
	});
}

/** Whether {@link recordInRow} has created this row; `undefined` when the database is too slow. */
export async function hasRow(context: IExecuteFunctions, row: string): Promise<boolean | undefined> {
	const ask = async () =>
		await withNodeId(context, row, async () => {
			if (!context.getNode().id.endsWith(row)) return false;
			const marks = await context.helpers.getProcessedDataCount('node', { mode: 'entries' });
			return marks > 0;
		});
	const deadline = performance.now() + MAX_STORE_WAIT_MS;
	return await beforeDeadline(deadline, retryUntilResponse(ask, deadline));
}

/** First and longest pause between retries, and when to give up. */
const RETRY_MS = { first: 25, max: 1_000, all: 5 * MINUTE_MS };

/**
 * {@link recordProcessed} in a row of its own, inserted by the process whose `name` is new. Retries
 * until the database responds; never throws. A first failure usually means that another process
 * inserted the row, which the retry then finds.
 *
 * @param ttlMs when {@link dropOldRows} may drop the row; by default never
 * @returns `undefined` when the database did not respond for five minutes
 */
export async function recordInRow(
	context: IExecuteFunctions,
	name: string,
	marks: string[],
	ttlMs?: number,
): Promise<Set<string> | undefined> {
	const record = async () => await recordProcessed(context, name, [name, ...marks]);
	const fresh = await retryUntilResponse(record, performance.now() + RETRY_MS.all);
	if (fresh?.has(name) && ttlMs !== undefined) keep(context, name, ttlMs);
	return fresh;
}

/** Returns the first successful result. A call that hangs ends with its caller's deadline. */
async function retryUntilResponse<T>(ask: () => Promise<T>, giveUpAt: number): Promise<T | undefined> {
	for (let wait = RETRY_MS.first; ; wait = Math.min(2 * wait, RETRY_MS.max)) {
		const said = await ask().catch(() => undefined);
		if (said !== undefined || performance.now() > giveUpAt) return said;
		await sleep(wait);
	}
}

/** Rows per node that a process remembers to drop; any more stay in the database. */
const MAX_ROWS = 50_000;
/** Drop up to this many more expired rows than were added, so that the backlog shrinks. */
const EXTRA_DROPPED = 20;

/** The rows of each node that this process inserted, oldest first. `dropAt` is in ms of the monotonic clock. */
export const rowsOf = perNode((): Array<{ name: string; dropAt: number }> => []);

function keep(context: IExecuteFunctions, name: string, ttlMs: number): void {
	const rows = rowsOf(context);
	rows.push({ name, dropAt: performance.now() + ttlMs });
	if (rows.length > MAX_ROWS) rows.shift();
}

/**
 * Drops expired rows; those that fail to drop stay, as do those of dead processes.
 *
 * @param made rows added since the last call
 */
export async function dropOldRows(context: IExecuteFunctions, made: number): Promise<void> {
	const rows = rowsOf(context);
	const now = performance.now();
	const old = rows.slice(0, made + EXTRA_DROPPED).filter(({ dropAt }) => dropAt <= now);
	rows.splice(0, old.length);
	for (const { name } of old) await dropRow(context, name);
}

export async function dropRow(context: IExecuteFunctions, row: string): Promise<void> {
	await withNodeId(context, row, async () => {
		// Never drop the node's own row.
		if (!context.getNode().id.endsWith(row)) return;
		await context.helpers.clearAllProcessedItems('node', { mode: 'entries' });
	});
}

/** Changes the ID only until the call first awaits something, so that nothing else sees it. */
function withNodeId<T>(context: IExecuteFunctions, row: string, call: () => T): T {
	const { node } = context as { node?: INode };
	if (node === undefined) return call();
	const { id } = node;
	node.id = `${id}:${row}`;
	try {
		return call();
	} finally {
		node.id = id;
	}
}
