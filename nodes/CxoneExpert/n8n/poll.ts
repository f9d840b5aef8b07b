import type { IPollFunctions } from 'n8n-workflow';

import { MINUTE_MS } from '../durations';

/*
 * Relies on: when and how n8n calls `poll()`.
 *
 * - Publishing polls once before it succeeds. What that poll throws stops publishing, and n8n shows
 *   its message. `getActivationMode` says why: `activate`, or `update` for another version, `init`
 *   and `leadershipChange` when n8n starts. The same context then serves all polls until the
 *   workflow is published again, also after n8n has updated the package.
 * - n8n gives this first poll 84 s, with all other triggers of the workflow. One that takes longer
 *   counts as failed, and n8n never activates it again.
 * - A trigger that is enabled in another version comes with `update`. Its crons end once it is
 *   disabled.
 * - n8n's scheduler (off by default) makes a context for each poll, all with `update` and with less
 *   time than other polls have.
 * - n8n saves the node's static data after publishing and when a poll returns items, before it saves
 *   the execution; the scheduler also when it returns none.
 * - With N8N_POLLER_DURABLE_CURSORS_ENABLED (n8n 2.41) a poll gets a copy of it, which n8n commits
 *   with the execution.
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

/** The mark is on the context, which outlives our modules: n8n updates the package without publishing again. */
const POLLED = Symbol.for('n8n-nodes-cxone-expert: polled');

interface PolledContext {
	[POLLED]?: { publishedUntil: number };
}

/** How long n8n lets a poll take by default. */
const POLL_BUDGET_MS = 5 * MINUTE_MS;

export function pollReason(context: IPollFunctions): PollReason {
	const isOfScheduler = (context.getPollBudgetMs?.() ?? POLL_BUDGET_MS) !== POLL_BUDGET_MS;
	if (POLLED in context || isOfScheduler) return 'schedule';
	Object.defineProperty(context, POLLED, { value: { publishedUntil: NaN } });
	return REASONS[context.getActivationMode()] ?? 'update';
}

/** Has n8n tell now and every 15 seconds that it polls with this context: until the node is disabled or replaced. */
export function followPublication(context: IPollFunctions): void {
	const { [POLLED]: polled } = context as PolledContext;
	const follow = () => {
		polled!.publishedUntil = performance.now();
	};
	follow();
	context.helpers.registerCron({ expression: '*/15 * * * * *' }, follow);
}

/** Returns when n8n last told so, in ms of the monotonic clock, and NaN before. */
export function publishedUntil(context: IPollFunctions): number {
	return (context as PolledContext)[POLLED]?.publishedUntil ?? NaN;
}

/** The calls of the last page, and n8n itself, need this much of the budget. */
const RESERVE_MS = 2_000;
/** Five tries of n8n to publish fit into its deadline; a start of n8n has one. */
const FIRST_BUDGETS_MS = { publish: 12_000, update: 12_000, start: 30_000, schedule: Infinity };

export function pollBudgetMs(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>, reason: PollReason): number {
	const givenMs = (context.getPollBudgetMs?.() ?? POLL_BUDGET_MS) - RESERVE_MS;
	return Math.max(RESERVE_MS, Math.min(givenMs, FIRST_BUDGETS_MS[reason]));
}
