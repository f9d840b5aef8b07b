import type { IExecuteFunctions, INode } from 'n8n-workflow';

/*
 * Relies on: the store of n8n's Remove Duplicates node, `checkProcessedAndRecord` and `removeProcessed`.
 *
 * - It has one row for a node of a workflow, which all processes share. A row is read, changed in memory and
 *   written back without a lock; above `maxEntries` the oldest marks are dropped.
 * - A row that is not there is inserted with all marks of the call. Workflow and node are its primary key:
 *   of two inserts at the same moment one fails, and that call throws.
 * - Before the store waits for anything it has read the id of the node from the object that the context
 *   holds as `node`. For the length of the call the node has another id here, and so another row.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: an error lets the items pass, marked, and n8n's log says
 * so. Where the context has no such `node`, all marks are in one row: two workers can lose each other's, so
 * a copy that comes at the same moment may run unmarked.
 */

/** How long an execution waits for the store. */
export const MAX_WAIT_MS = 5_000;

/** Marks in a row: each call parses and writes all of it. */
const MAX_MARKS = 5_000;

/**
 * Those that were not in the row of the node yet; they are from now on.
 *
 * @param maxEntries marks that the row keeps, the newest ones
 */
export async function recordProcessed(
	{ helpers }: IExecuteFunctions,
	marks: string[],
	maxEntries = MAX_MARKS,
): Promise<Set<string>> {
	const options = { mode: 'entries', maxEntries } as const;
	const checked = await helpers.checkProcessedAndRecord(marks, 'node', options);
	return new Set(checked.new.map(String));
}

/** Takes marks out of the row of the node. */
export async function removeRecorded(
	{ helpers }: IExecuteFunctions,
	marks: string[],
): Promise<void> {
	await helpers.removeProcessed(marks, 'node', { mode: 'entries' });
}

/**
 * As {@link recordProcessed}, in a row of its own.
 *
 * @throws also when another process has inserted the row at the same moment
 */
export async function recordInRow(
	context: IExecuteFunctions,
	row: string,
	marks: string[],
): Promise<Set<string>> {
	return await withNodeId(context, row, async () => await recordProcessed(context, marks));
}

/** Removes a row. */
export async function dropRow(context: IExecuteFunctions, row: string): Promise<void> {
	await withNodeId(context, row, async () => {
		// Never that of the node itself.
		if (!context.getNode().id.endsWith(row)) return;
		await context.helpers.clearAllProcessedItems('node', { mode: 'entries' });
	});
}

/** Only until the call waits for something: nobody else sees the other id. */
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
