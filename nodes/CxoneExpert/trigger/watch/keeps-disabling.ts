import type { DeliveryFigures, RetryReason } from '../../shared/delivery-figures';
import type { UserMessage } from '../../shared/failure-messages';
import { isFromExpert, type RejectionReason } from '../../shared/rejection';
import { rejectionMessage } from '../../shared/rejection-messages';
import type { TriggerParameters } from '../parameters';

type Counted = Pick<DeliveryFigures, 'counts'>;
type Seen = Pick<DeliveryFigures, 'lastRefusal' | 'counts'>;

type Reason = RetryReason | 'refused';

/** Responses that Expert takes for failures, by their reason. A late one can have another reason, too. */
export type FailureCounts = Readonly<Record<Reason | 'after a second', number>>;

export const NO_FAILURES: FailureCounts = {
	refused: 0,
	'not saved': 0,
	'not handled': 0,
	late: 0,
	'after a second': 0,
};

/** All that this process has counted. What anybody can send says nothing about Expert's own deliveries. */
export function failureCounts({ counts }: Counted): FailureCounts {
	const reasons = Object.entries(counts.refused) as Array<[RejectionReason, number]>;
	const fromExpert = reasons.filter(([reason]) => isFromExpert(reason));
	const refused = fromExpert.reduce((sum, [, count]) => sum + count, 0);
	return {
		...NO_FAILURES,
		...counts.toldToRetry,
		refused,
		'after a second': counts.late,
	};
}

const SEVERAL =
	'Set "Deliveries per Execution" under Additional Options of the trigger to "Several When Busy".';
const SIZING = '"Sizing" in the documentation: what makes n8n respond sooner, and what that costs.';
const ENABLED_LATER = 'The webhook is enabled again after a pause.';

/**
 * Why Expert keeps disabling the webhook, as far as this process has seen it, and what to do. In queue mode
 * other processes take the deliveries, and what n8n itself needs before it calls the trigger nobody sees.
 *
 * @param before the counts when the webhook was enabled last: what failed before has not disabled it now
 */
export function keepsDisabling(
	seen: Seen,
	before: FailureCounts,
	{ deliveriesPerExecution }: Pick<TriggerParameters, 'deliveriesPerExecution'>,
): UserMessage {
	const reason = mainReason(failureCounts(seen), before);
	const isShared = deliveriesPerExecution === 'severalWhenBusy';
	const sooner = isShared ? `See ${SIZING}` : `${SEVERAL} If that is not enough, see ${SIZING}`;
	if (reason === 'late') {
		return {
			message: 'Expert keeps disabling the webhook: n8n responds too late',
			description: `${sooner} ${ENABLED_LATER}`,
		};
	}
	if (reason !== undefined) {
		const { problem, advice } = reason === 'refused' ? refused(seen) : NOT_TAKEN[reason];
		return {
			message: `Expert keeps disabling the webhook: ${problem}`,
			description: `${advice} ${ENABLED_LATER}`,
		};
	}
	return {
		message: 'Expert keeps disabling the webhook',
		description: `Look at its deliveries in the Expert Dashboard. If they timed out, n8n responds too late. ${sooner} If they show 503, the log of n8n says why; for 401 and 404 see "Troubleshooting" in the documentation. ${ENABLED_LATER}`,
	};
}

const NOT_TAKEN = {
	'not saved': {
		problem: 'n8n cannot save executions',
		advice: 'The log of n8n says why: its disk may be full, or its database not respond.',
	},
	'not handled': {
		problem: 'the trigger cannot handle its deliveries',
		advice:
			'Open the credential in n8n, enter it again and save it. The log of n8n has a line for each of these deliveries.',
	},
} as const;

function refused({ lastRefusal }: Seen): { problem: string; advice: string } {
	if (lastRefusal === undefined || !isFromExpert(lastRefusal.reason)) {
		return { problem: 'n8n refuses its deliveries', advice: 'The log of n8n says why.' };
	}
	const { problem, advice } = rejectionMessage(lastRefusal);
	return { problem: `n8n refuses its deliveries, the last one because ${problem}`, advice };
}

/** Of two that are equal the more precise one: what could not be saved is often late, too. */
function mainReason(counts: FailureCounts, before: FailureCounts): Reason | undefined {
	const since = (reason: keyof FailureCounts) => counts[reason] - before[reason];
	const byReason: Array<[Reason, number]> = [
		['refused', since('refused')],
		['not saved', since('not saved')],
		['not handled', since('not handled')],
		['late', Math.max(since('late'), since('after a second'))],
	];
	const [reason, count] = byReason.reduce((most, each) => (each[1] > most[1] ? each : most));
	return count > 0 ? reason : undefined;
}
