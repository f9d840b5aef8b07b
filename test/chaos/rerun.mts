import type { PublishedTrigger } from '../e2e/support/published-trigger.mts';
import type { Scene } from '../e2e/support/scene.mts';
import { storedRuns, tally } from '../n8n/runs.mts';

export interface Rerun {
	/** Events whose executions were all cut off by a kill. */
	interrupted: number;
	/** Of these, how many ran to their end when an operator had n8n run them again. */
	completed: number;
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
	for (const { id } of await client.failedExecutions(workflow.id)) {
		if (ids.has(id)) await client.retry(id);
	}
	const left = tally(storedRuns(database, workflow.id)).interrupted;
	return { interrupted: interrupted.size, completed: interrupted.size - left.length };
}
