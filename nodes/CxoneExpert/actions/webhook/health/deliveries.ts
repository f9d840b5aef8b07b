import type { IDataObject } from 'n8n-workflow';

import { compact } from '../../../api/elements';
import { isDisabledByExpert, type Webhook } from '../../../api/webhooks';
import type { DeliveryFigures, RetryReason, SeenDelivery } from '../../../metrics/delivery-figures';
import type { ProcessKind } from '../../../n8n/this-process';
import { rejectionMessage, STATUS_BY_REASON } from '../../../protocol/rejection';

/*
 * Reports what one n8n process has seen of deliveries, safe to pass on: counts, times, reasons and delivery IDs, no
 * secret and nothing else that a sender wrote.
 */

/** Counts are always there, the rest if there is something to report. */
export function deliveryReport(figures: DeliveryFigures, process: ProcessKind | undefined): IDataObject {
	const { lastDelivery, lastRefusal, rejectionStreak } = figures;
	return {
		process: process ?? 'this process',
		since: isoTimeOf(figures.since),
		...structuredClone(figures.counts),
		hours: figures.hours.list(figures.since, Date.now()).map(({ at, ...counts }) => ({ at: isoTimeOf(at), ...counts })),
		...compact({
			refusedInARow: rejectionStreak?.count,
			p50Ms: figures.responseMs(0.5),
			p95Ms: figures.responseMs(0.95),
			lastDelivery: lastDelivery && seen(lastDelivery),
			lastRefusal: lastRefusal && {
				...seen(lastRefusal),
				reason: lastRefusal.reason,
				status: STATUS_BY_REASON[lastRefusal.reason],
			},
		}),
	};
}

function seen({ at, deliveryId }: SeenDelivery): IDataObject {
	return { at: isoTimeOf(at), deliveryId };
}

function isoTimeOf(unixMs: number): string {
	return new Date(unixMs).toISOString();
}

export function deliveryFindings(webhook: Webhook, figures: DeliveryFigures): string[] {
	const refused = refusalFinding(figures);
	const own = refused === undefined ? [] : [refused];
	if (webhook.active && webhook.consecutiveFailures === 0) return [...own, ...slowFinding(figures)];
	if (!webhook.active && !isDisabledByExpert(webhook)) return own;
	const causes = [...own, ...lateFindings(figures)];
	if (causes.length > 0) return causes;
	return figures.lastDelivery === undefined ? [DASHBOARD, ELSEWHERE] : [DASHBOARD];
}

/** Reports refusals that go on; past ones are in the figures only. */
function refusalFinding({ lastRefusal, rejectionStreak }: DeliveryFigures): string | undefined {
	if (lastRefusal === undefined || rejectionStreak === undefined) return undefined;
	const { count } = rejectionStreak;
	const { problem, advice } = rejectionMessage(lastRefusal);
	const which = count === 1 ? 'the last delivery' : `the last ${count} deliveries, the latest`;
	const latest = `${lastRefusal.deliveryId} at ${isoTimeOf(lastRefusal.at)}`;
	return `n8n has refused ${which} (${latest}) because ${problem}. ${advice}`;
}

function lateFindings({ counts }: DeliveryFigures): string[] {
	const told = Object.entries(counts.toldToRetry).map(
		([reason, count]) =>
			`n8n has told Expert ${times(count)} to send a delivery again, because ${RETRY_MESSAGES[reason as RetryReason]}`,
	);
	if (counts.late === 0) return told;
	return [...told, `n8n has responded ${times(counts.late)} later than the second that Expert waits. ${WHEN_BUSY}`];
}

/** Warns before a burst gets the webhook disabled: until then, Expert's retries get through. */
function slowFinding(figures: DeliveryFigures): string[] {
	if (!figures.isSlow) return [];
	const [half, slowest] = [figures.responseMs(0.5), figures.responseMs(0.95)];
	return [
		`Half of the latest responses took ${half} ms or longer, one in 20 ${slowest} ms or longer. Expert waits one second, and disables the webhook after several that are late. ${WHEN_BUSY}`,
	];
}

const WHEN_BUSY =
	"If 'Deliveries: Per Execution' is set to One in the trigger, choose Several in a Burst; else give n8n more power.";

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
	'Check that its address reaches n8n, and look at its deliveries in the Expert Dashboard. If it shows 401 for them, the Signing Secret in the credential is wrong; if it shows 404, n8n did not know the address: the workflow was not published, or n8n was starting.';

/** A node cannot tell whether n8n runs in queue mode; a process that takes no deliveries sees none. */
const ELSEWHERE =
	'No delivery has reached the process of n8n that runs this check. In queue mode, deliveries arrive in the webhook processes, or in the main process where there are none: read their logs, where the lines about deliveries begin with "CXone Expert".';
