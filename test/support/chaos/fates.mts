import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import type { Scene } from '../e2e/scene.mts';
import { storedRuns, tally } from '../n8n/runs.mts';
import type { DeliveryAttempt } from '../simulator/index.mts';

/** What became of each event; IDs where they may need investigation. */
export interface Fates {
	/** Deliveries of these events, in the order in which they ended. */
	attempts: DeliveryAttempt[];
	executions: number;
	/** Events that never ran. */
	lost: string[];
	/** Events that ran more than once, a later item not marked `redelivered`. */
	unmarkedDuplicates: string[];
}

/** Events lost without a line in the log, with what the site and the log say about each. */
export function silentlyLost({ attempts, lost }: Fates, log: string) {
	const lines = log.split('\n');
	return lost
		.map((event) => attempts.filter(({ eventId }) => eventId === event))
		.map((tries) => {
			const isAbout = (line: string) => tries.some(({ deliveryId }) => line.includes(deliveryId));
			return { tries, lines: lines.filter(isAbout) };
		})
		.filter(({ lines: told }) => !told.some((line) => line.includes('n8n may not have saved it')));
}

export function fates({ site, database }: Scene, { id }: PublishedTrigger, events: string[]): Fates {
	const runs = storedRuns(database, id);
	const { executions, unmarkedDuplicates } = tally(runs);
	const ran = new Set(runs.flatMap(({ items }) => items.map(({ eventId }) => eventId)));
	const lost = events.filter((event) => !ran.has(event));
	const ids = new Set(events);
	const attempts = site.deliveries.filter(({ eventId }) => ids.has(eventId));
	return { attempts, executions, lost, unmarkedDuplicates };
}

/**
 * Does what an operator does after a crash: lists executions that n8n could not finish (Executions,
 * filter "Status: Error") and retries them ("Retry execution"), unless a later delivery of the
 * event ran.
 *
 * @returns the events that still have no execution that reached its end
 */
export async function rerunInterrupted({ client, database }: Scene, workflow: PublishedTrigger): Promise<string[]> {
	const runs = storedRuns(database, workflow.id);
	const interrupted = new Set(tally(runs).interrupted);
	const open = runs.filter(({ items }) => items.some(({ eventId }) => interrupted.has(eventId)));
	const ids = new Set(open.map(({ executionId }) => String(executionId)));
	const failed = await client.failedExecutions(workflow.id);
	for (const { id } of failed) if (ids.has(id)) await client.retry(id);
	return tally(storedRuns(database, workflow.id)).interrupted;
}
