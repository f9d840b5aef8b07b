import type { PublishedTrigger } from '../e2e/support/published-trigger.mts';
import type { Scene } from '../e2e/support/scene.mts';
import { storedRuns, tally } from '../n8n/runs.mts';
import { vendorGuess } from '../simulator/index.mts';
import type { ChaosOptions } from './chaos.mts';
import type { Rerun } from './rerun.mts';

/** What became of every event of one run; ids where somebody may want to look into it. */
export interface ChaosReport extends ChaosOptions {
	seconds: number;
	events: number;
	attempts: number;
	/** Attempts without an answer, or with one that makes the site try again. */
	failedAttempts: number;
	/** Deliveries that took more retries than we guess the vendor to make. */
	beyondVendorRetries: number;
	executions: number;
	/** Events that never ran, and of these the ones that were acknowledged all the same. */
	lost: string[];
	lostAcknowledged: number;
	/** Events that ran more than once: a later item not marked `redelivered`, or all marked. */
	unflaggedDoubles: string[];
	flaggedDoubles: number;
	/** Events that ran once and are marked: they might have run before, and had not. */
	markedInVain: number;
	/** Events whose execution was saved and then cut off by a kill. */
	interrupted: number;
	/** Of these, how many an operator's retry brought to an end. */
	rerun: number;
}

interface Observed {
	options: ChaosOptions;
	events: string[];
	seconds: number;
	rerun: Rerun;
}

export function report(
	{ site, database }: Scene,
	{ id }: PublishedTrigger,
	{ options, events, seconds, rerun }: Observed,
): ChaosReport {
	const runs = storedRuns(database, id);
	const items = runs.flatMap(({ items }) => items);
	const { executions, unflaggedDoubles, flaggedDoubles } = tally(runs);
	const ran = new Set(items.map(({ eventId }) => eventId));
	const marked = new Set(
		items.filter(({ redelivered }) => redelivered).map(({ eventId }) => eventId),
	);
	const lost = events.filter((event) => !ran.has(event));
	const attempts = site.deliveries;
	const accepted = attempts.filter(({ failureReason }) => failureReason === '');
	const acknowledged = new Set(accepted.map(({ eventId }) => eventId));
	return {
		...options,
		seconds,
		events: events.length,
		attempts: attempts.length,
		failedAttempts: attempts.length - accepted.length,
		beyondVendorRetries: accepted.filter(({ retryAttempt }) => retryAttempt > vendorGuess.retries)
			.length,
		executions,
		lost,
		lostAcknowledged: lost.filter((event) => acknowledged.has(event)).length,
		unflaggedDoubles,
		flaggedDoubles: flaggedDoubles.length,
		markedInVain: marked.size - flaggedDoubles.length,
		interrupted: rerun.interrupted,
		rerun: rerun.completed,
	};
}
