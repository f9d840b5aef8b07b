import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import type { Scene } from '../e2e/scene.mts';
import { storedRuns, tally } from '../n8n/runs.mts';

export interface Rerun {
	/** Executions that an operator had n8n run again. */
	retried: number;
	/** Events that still have no execution that reached its end. */
	left: string[];
}

/**
 * What an operator does after a crash: lists what n8n could not finish (Executions, filter "Status:
 * Error") and has it run again ("Retry execution"), unless a later delivery of the event did that.
 */
export async function rerunInterrupted(
	{ client, database }: Scene,
	workflow: PublishedTrigger,
): Promise<Rerun> {
	const runs = storedRuns(database, workflow.id);
	const interrupted = new Set(tally(runs).interrupted);
	const open = runs.filter(({ items }) => items.some(({ eventId }) => interrupted.has(eventId)));
	const ids = new Set(open.map(({ executionId }) => String(executionId)));
	const failed = await client.failedExecutions(workflow.id);
	const toRetry = failed.filter(({ id }) => ids.has(id));
	for (const { id } of toRetry) await client.retry(id);
	const { interrupted: left } = tally(storedRuns(database, workflow.id));
	return { retried: toRetry.length, left };
}
