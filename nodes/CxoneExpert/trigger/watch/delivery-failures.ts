import { MINUTE_MS } from '../../durations';
import { counted } from '../../api/expert-error';
import type { FailureCause } from '../../api/node-error';
import type { DeliveryFigures, RejectedDelivery, RetryReason } from '../../metrics/delivery-figures';
import { isFromExpert, rejectionMessage, type RejectionReason, STATUS_BY_REASON } from '../../protocol/rejection';
import type { TriggerParameters } from '../parameters';
import type { Finding, Report } from './alerts';

type Counted = Pick<DeliveryFigures, 'counts'>;
type Seen = Pick<DeliveryFigures, 'lastRefusal' | 'counts'>;

type Reason = RetryReason | 'refused';

/** Responses that Expert treats as failures, by reason. A late one can have a second reason. */
export type FailureCounts = ReadonlyMap<Reason | 'after a second', number>;

/**
 * As counted by this process, without requests that anyone could have sent; but while the credential cannot be read,
 * nobody knows who has sent one.
 */
export function failureCounts({ counts }: Counted): FailureCounts {
	const refusals = Object.entries(counts.refused) as Array<[RejectionReason, number]>;
	const fromExpert = refusals.filter(([reason]) => isFromExpert(reason));
	const refused = fromExpert.reduce((sum, [, count]) => sum + count, 0);
	const toldToRetry = Object.entries(counts.toldToRetry) as Array<[RetryReason, number]>;
	return new Map([...toldToRetry, ['refused', refused], ['after a second', counts.late]]);
}

const SEVERAL = 'Set \'Deliveries: Per Execution\' in the settings of the trigger to "Several in a Burst".';
const SIZING = '"Sizing" in the documentation.';
const ENABLED_LATER = 'The webhook is enabled again after a pause.';

type Options = Pick<TriggerParameters, 'deliveriesPerExecution'>;

/** A cause of failed deliveries, with what to do. */
interface Cause {
	problem: string;
	advice: string;
	/** The cause as n8n names it. */
	failure: FailureCause;
}

/**
 * Says why Expert keeps disabling the webhook, as far as this process has seen. It sees neither deliveries to other
 * processes (queue mode) nor the time that n8n takes before it calls the trigger.
 *
 * @param before counts when the webhook was last enabled; earlier failures did not disable it now
 */
export function keepsDisabling(seen: Seen, before: FailureCounts = new Map(), options: Options): Report {
	const cause = causeOf(seen, before, options);
	if (cause !== undefined) {
		return {
			message: `Expert keeps disabling the webhook: ${cause.problem}`,
			description: `${cause.advice} ${ENABLED_LATER}`,
			failure: cause.failure,
		};
	}
	return {
		message: 'Expert keeps disabling the webhook',
		description: `Look at its deliveries in the Expert Dashboard. If they timed out, n8n responds too late. ${sooner(options)} If they show 503, the log of n8n says why; for 401 and 404 see "Troubleshooting" in the documentation. ${ENABLED_LATER}`,
	};
}

function causeOf(seen: Seen, before: FailureCounts, options: Options): Cause | undefined {
	const reason = mainReason(failureCounts(seen), before);
	return reason && CAUSES[reason](seen, options);
}

const CAUSES: Record<Reason, (seen: Seen, options: Options) => Cause> = {
	late: (_seen, options) => ({ ...LATE, advice: sooner(options) }),
	refused,
	'not saved': () => NOT_TAKEN['not saved'],
	'not handled': () => NOT_TAKEN['not handled'],
};

function sooner({ deliveriesPerExecution }: Options): string {
	const isAlone = deliveriesPerExecution === 'one';
	return isAlone ? `${SEVERAL} If that is not enough, see ${SIZING}` : `See ${SIZING}`;
}

const LATE = { problem: 'n8n responds too late', failure: 'temporarily-unavailable' } as const;

const NOT_TAKEN = {
	'not saved': {
		problem: 'n8n cannot save executions',
		advice: 'The log of n8n says why: its disk may be full, or its database not respond.',
		failure: 'temporarily-unavailable',
	},
	'not handled': {
		problem: 'the trigger cannot handle its deliveries',
		advice:
			'Open the credential in n8n, enter it again and save it. The log of n8n has a line for each of these deliveries.',
		failure: 'credential-invalid',
	},
} as const;

function refused({ lastRefusal }: Seen): Cause {
	if (lastRefusal === undefined || !isFromExpert(lastRefusal.reason)) {
		return {
			problem: 'n8n refuses its deliveries',
			advice: 'The log of n8n says why.',
			failure: 'configuration-invalid',
		};
	}
	const says = rejectionMessage(lastRefusal);
	return { ...says, problem: `n8n refuses its deliveries, the last one because ${says.problem}` };
}

/** Picks the most frequent reason, and of equals the more precise: what could not be saved is often late as well. */
function mainReason(counts: FailureCounts, before: FailureCounts): Reason | undefined {
	const since = (reason: Reason | 'after a second') => (counts.get(reason) ?? 0) - (before.get(reason) ?? 0);
	const all = [
		{ reason: 'refused', count: since('refused') },
		{ reason: 'not saved', count: since('not saved') },
		{ reason: 'not handled', count: since('not handled') },
		{ reason: 'late', count: Math.max(since('late'), since('after a second')) },
	] as const;
	return all.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)[0]?.reason;
}

/** Fewer may be an accident. */
const MIN_IN_A_ROW = 10;
/** Fewer count at a quiet site if they continue for this long. */
const MIN_ROW_MS = 5 * MINUTE_MS;

function isRepeated(count: number, ms: number): boolean {
	return count >= MIN_IN_A_ROW || ms >= MIN_ROW_MS;
}

/** Failed deliveries in a row, as the site counts them. */
export interface SiteCount {
	/** When a check saw the first; ms of the monotonic clock. */
	since: number;
	/** The count then, and at the last check. */
	first: number;
	last: number;
}

/** @returns the row after a check, `undefined` if none has failed */
export function withSiteCount(before: SiteCount | undefined, count: number, now: number): SiteCount | undefined {
	if (count === 0) return undefined;
	const isRowOfBefore = before !== undefined && count >= before.last;
	return { ...(isRowOfBefore ? before : { since: now, first: count }), last: count };
}

/**
 * Whether deliveries to a webhook that is fine keep failing: n8n refuses them, or the site counts them as failed. Only
 * the site knows of those to other processes (queue mode), and of those that never reach n8n.
 */
export function failing(
	seen: DeliveryFigures,
	siteCount: SiteCount | undefined,
	options: Options,
	now = performance.now(),
): Finding {
	const { lastRefusal, rejectionStreak, lastDelivery } = seen;
	if (lastRefusal !== undefined && rejectionStreak !== undefined) {
		const { count, since } = rejectionStreak;
		const message = refusalMessage(lastRefusal, count, since);
		// Anybody can send requests without the token.
		const isOfExpert = isFromExpert(lastRefusal.reason) || siteCount !== undefined;
		if (isOfExpert && isRepeated(count, lastRefusal.at - since)) return { finding: 'deliveries refused', message };
	}
	if (siteCount === undefined || lastDelivery !== undefined) return { finding: 'fine' };
	const { first, last, since } = siteCount;
	if (!isRepeated(last, last > first ? now - since : 0)) return { finding: 'fine' };
	const message = failedMessage(last, causeOf(seen, new Map(), options));
	return { finding: 'deliveries failed', message };
}

/** @param since unix ms */
function refusalMessage(last: RejectedDelivery, count: number, since: number): Report {
	const { problem, advice, failure } = rejectionMessage(last);
	const status = STATUS_BY_REASON[last.reason];
	return {
		message: `n8n has refused ${count} deliveries in a row, the last one because ${problem}`,
		description: `${advice} n8n responded ${status} to delivery ${last.deliveryId}. No genuine delivery has arrived since ${new Date(since).toISOString()}. Expert does not send refused deliveries again, and disables a webhook after several. This is reported at most once an hour.`,
		failure,
	};
}

function failedMessage(count: number, cause: Cause | undefined): Report {
	const deliveries = counted(count, 'delivery', 'deliveries');
	if (cause !== undefined) {
		return {
			message: `Expert has counted ${deliveries} in a row that did not get through: ${cause.problem}`,
			description: cause.advice,
			failure: cause.failure,
		};
	}
	return {
		message: `Expert has counted ${deliveries} in a row that did not get through`,
		description:
			'This process of n8n has received none of them. The logs of the processes that take deliveries (in queue mode, the webhook processes) say why. If they have no line on it, nothing reaches n8n: look at the deliveries in the Expert Dashboard, and at the proxy in front of n8n.',
	};
}
