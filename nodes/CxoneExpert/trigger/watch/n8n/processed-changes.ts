import type { IExecuteFunctions } from 'n8n-workflow';

import { oneAtATime } from '../../../shared/one-at-a-time';
import { nodeKey } from '../../process-state';

/*
 * Relies on: the store of n8n's Remove Duplicates node, `checkProcessedAndRecord`. It has one row for a node
 * of a workflow, which all processes share: read, changed in memory and written back without a lock. Above
 * `maxEntries` the oldest are dropped.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: an error lets the items pass, and n8n's log says so. Where
 * n8n got a lock, the one here would be needless.
 */

/** Marks that n8n keeps for a node: a change has one, and another one when it was delivered. */
const MAX_MARKS = 20_000;

/**
 * Those that were not in n8n's store yet; they are from now on. One execution of this process at a time:
 * two would lose each other's marks.
 */
export async function recordProcessed(
	context: IExecuteFunctions,
	marks: string[],
): Promise<Set<string>> {
	const checked = await oneAtATime(
		`processed ${nodeKey(context)}`,
		async () =>
			await context.helpers.checkProcessedAndRecord([...new Set(marks)], 'node', {
				mode: 'entries',
				maxEntries: MAX_MARKS,
			}),
	);
	return new Set(checked.new.map(String));
}
