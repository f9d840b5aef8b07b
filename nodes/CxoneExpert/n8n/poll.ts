import type { IPollFunctions } from 'n8n-workflow';

/*
 * Relies on: when and how n8n calls `poll()`.
 *
 * - Publishing polls once before it succeeds. What that poll throws stops publishing, and n8n shows
 *   its message. `getActivationMode` says why: `activate`, or `update` for another version, `init`
 *   and `leadershipChange` when n8n starts. The same context then serves all polls until the
 *   workflow is published again.
 * - n8n's scheduler (off by default) makes a context for each poll, all with `update`.
 * - n8n saves the node's static data after publishing and when a poll returns items, before it saves
 *   the execution; the scheduler also when it returns none.
 * - A manual run calls `execute()`, not `poll()`.
 *
 * Seen in n8n 2.8.4 and 2.41.1; only the latter has `getPollBudgetMs`. When it changes: what would
 * stop publishing fails the polls instead, and a change can start an execution that passes nothing
 * on.
 *
 * Look first at: n8n-core, `workflow-execute`: does a manual run, which n8n 3 always gives to a
 * worker, still prefer `execute()`? Then `triggers-and-pollers`.
 */

/** `start`: n8n polls by itself, and nobody sees an error. */
export type PollReason = 'publish' | 'update' | 'start' | 'schedule';

const REASONS: Record<string, PollReason> = {
	...{ activate: 'publish', create: 'publish', update: 'update' },
	...{ init: 'start', leadershipChange: 'start' },
};

const polled = new WeakSet<IPollFunctions>();

export function pollReason(context: IPollFunctions): PollReason {
	if (polled.has(context)) return 'schedule';
	polled.add(context);
	return REASONS[context.getActivationMode()] ?? 'update';
}

/** As long as n8n gives a poll by default. */
const BUDGET_MS = 5 * 60_000;
/** For the calls of the last page, and for n8n. */
const RESERVE_MS = 2_000;

export function pollBudgetMs(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return Math.max(RESERVE_MS, (context.getPollBudgetMs?.() ?? BUDGET_MS) - RESERVE_MS);
}
