import type { PublishedTrigger } from '../e2e/published-trigger.mts';
import type { Scene } from '../e2e/scene.mts';
import { storedRuns, tally } from '../n8n/runs.mts';
import type { DeliveryAttempt } from '../simulator/index.mts';

/** What became of each event; IDs where they may need investigation. */
export interface Fates {
	events: number;
	/** Deliveries of these events, in the order in which they ended. */
	attempts: DeliveryAttempt[];
	executions: number;
	/** Events that never ran. */
	lost: string[];
	/** Events that ran more than once: a later item not marked `redelivered`, or all marked. */
	unmarkedDuplicates: string[];
	markedDuplicates: string[];
	/** Events that ran once and are marked: they might have run before, and had not. */
	markedInVain: string[];
	/** Events whose execution was saved and then cut off. */
	interrupted: string[];
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

export function fates(
	{ site, database }: Scene,
	{ id }: PublishedTrigger,
	events: string[],
): Fates {
	const runs = storedRuns(database, id);
	const items = runs.flatMap((run) => run.items);
	const { executions, unmarkedDuplicates, markedDuplicates, interrupted } = tally(runs);
	const ran = new Set(items.map(({ eventId }) => eventId));
	const duplicated = new Set([...unmarkedDuplicates, ...markedDuplicates]);
	const lost = events.filter((event) => !ran.has(event));
	const ids = new Set(events);
	const attempts = site.deliveries.filter(({ eventId }) => ids.has(eventId));
	return {
		events: events.length,
		attempts,
		executions,
		lost,
		unmarkedDuplicates,
		markedDuplicates,
		markedInVain: items
			.filter(({ redelivered, eventId }) => redelivered === true && !duplicated.has(eventId))
			.map(({ eventId }) => eventId),
		interrupted,
	};
}

export interface Rerun {
	/** Executions that an operator had n8n run again. */
	retried: number;
	/** Events that still have no execution that reached its end. */
	left: string[];
}

/**
 * Does what an operator does after a crash: lists executions that n8n could not finish (Executions,
 * filter "Status: Error") and retries them ("Retry execution"), unless a later delivery of the
 * event ran.
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
