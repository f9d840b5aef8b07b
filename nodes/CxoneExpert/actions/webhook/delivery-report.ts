import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../api/compact';
import type { Webhook } from '../../api/webhooks';
import type { DeliveryFigures, RetryReason, SeenDelivery } from '../../shared/delivery-figures';
import { STATUS_BY_REASON } from '../../shared/rejection';
import { rejectionMessage } from '../../shared/rejection-messages';
import { isDisabledByExpert } from '../../shared/disabled-webhook';
import type { ProcessKind } from '../../shared/n8n/this-process';

/*
 * What one process of n8n has seen of the deliveries to a webhook, in a form that can be passed on:
 * counts, times, reasons and delivery ids, no secret and nothing else that a sender has written.
 */

/** The figures as part of an item. Counts are always there, the rest when there is something to tell. */
export function deliveryReport(
	figures: DeliveryFigures,
	process: ProcessKind | undefined,
): IDataObject {
	const { lastRefusal, refusalRow, responseTimes } = figures;
	return compact({
		process: process ?? 'this process',
		since: isoTime(figures.since),
		accepted: figures.acceptedCount,
		duplicates: figures.duplicateCount,
		filtered: figures.filteredCount,
		refused: sum([...figures.refusedCounts.values()]),
		refusedByReason: Object.fromEntries(figures.refusedCounts),
		refusedInARow: refusalRow?.count,
		toldToRetry: sum([...figures.retryCounts.values()]),
		toldToRetryByReason: Object.fromEntries(figures.retryCounts),
		respondedLate: figures.lateCount,
		responseMs: compact({
			p50: responseTimes.percentile(0.5),
			p95: responseTimes.percentile(0.95),
		}),
		lastDelivery: figures.lastDelivery && seen(figures.lastDelivery),
		lastRefusal: lastRefusal && {
			...seen(lastRefusal),
			reason: lastRefusal.reason,
			status: STATUS_BY_REASON[lastRefusal.reason],
		},
		repaired: figures.repairedCount,
		recovered: figures.recoveredCount,
	});
}

function sum(counts: number[]): number {
	return counts.reduce((total, count) => total + count, 0);
}

function seen({ at, deliveryId }: SeenDelivery): IDataObject {
	return { at: isoTime(at), deliveryId };
}

function isoTime(unixMs: number): string {
	return new Date(unixMs).toISOString();
}

/** Plain sentences about deliveries that did not get through, and what to do. */
export function deliveryFindings(
	webhook: Webhook,
	figures: DeliveryFigures,
	process: ProcessKind | undefined,
): string[] {
	const refused = refusalFinding(figures);
	const own = refused === undefined ? [] : [refused];
	if (webhook.active ? webhook.consecutiveFailures === 0 : !isDisabledByExpert(webhook)) return own;
	const causes = [...own, ...lateFindings(figures)];
	if (causes.length > 0) return causes;
	return process === 'worker' ? [DASHBOARD, WORKER] : [DASHBOARD];
}

/** What is over is in the figures only. */
function refusalFinding({ lastRefusal, refusalRow }: DeliveryFigures): string | undefined {
	if (lastRefusal === undefined || refusalRow === undefined) return undefined;
	const { count } = refusalRow;
	const { problem, advice } = rejectionMessage(lastRefusal);
	const which = count === 1 ? 'the last delivery' : `the last ${count} deliveries`;
	const last = `${lastRefusal.deliveryId} at ${isoTime(lastRefusal.at)}`;
	return `n8n has refused ${which} (${last}) because ${problem}. ${advice}`;
}

function lateFindings({ retryCounts, lateCount }: DeliveryFigures): string[] {
	const told = [...retryCounts].map(
		([reason, count]) =>
			`n8n has told Expert ${times(count)} to send a delivery again, because ${RETRY_MESSAGES[reason]}`,
	);
	const late = `n8n has responded ${times(lateCount)} later than the second that Expert waits. ${WHEN_BUSY}`;
	return lateCount > 0 ? [...told, late] : told;
}

const WHEN_BUSY =
	'Under load, set Deliveries per Execution to Several When Busy in the trigger, and give n8n more power.';

const RETRY_MESSAGES: Readonly<Record<RetryReason, string>> = {
	late: `it was not done in time. ${WHEN_BUSY}`,
	'not saved': 'n8n could not save the execution. Look at the database and the disk of n8n.',
	'not handled':
		'the trigger could not work with its credential. Open the credential of the trigger, see that it has the Signing Secret, and run its test.',
};

function times(count: number): string {
	return count === 1 ? 'once' : `${count} times`;
}

const DASHBOARD =
	'Look at its deliveries in the Expert Dashboard. If it shows 401 for them, the Signing Secret in the credential is wrong; if it shows 404, n8n did not know the address: the workflow was not published, or n8n was starting.';

const WORKER =
	'This report comes from a worker of n8n, and deliveries arrive in other processes, so their figures are not in it. Run Check Health by hand in the editor to see those of the main process.';
