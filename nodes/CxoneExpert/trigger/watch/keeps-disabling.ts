import type { DeliveryFigures } from '../../shared/delivery-figures';
import type { UserMessage } from '../../shared/failure-messages';
import { isFromExpert } from '../../shared/rejection';
import { rejectionMessage } from '../../shared/rejection-messages';
import type { TriggerParameters } from '../parameters';

type Seen = Pick<DeliveryFigures, 'lastRefusal' | 'refusalRow' | 'lateCount' | 'retryCounts'>;

const SEVERAL =
	'Set "Deliveries per Execution" under Additional Options of the trigger to "Several When Busy".';
const SIZING = '"Sizing" in the documentation: what makes n8n respond sooner, and what that costs.';
const ENABLED_LATER = 'The webhook is enabled again after a pause.';

/**
 * Why Expert keeps disabling the webhook, as far as this process has seen it, and what to do. In queue mode
 * other processes take the deliveries, and what n8n itself needs before it calls the trigger nobody sees.
 */
export function keepsDisabling(
	seen: Seen,
	{ deliveriesPerExecution }: Pick<TriggerParameters, 'deliveriesPerExecution'>,
): UserMessage {
	const { lastRefusal, refusalRow, lateCount, retryCounts } = seen;
	// What anybody can send says nothing about Expert's own deliveries.
	if (refusalRow !== undefined && lastRefusal !== undefined && isFromExpert(lastRefusal.reason)) {
		const { problem, advice } = rejectionMessage(lastRefusal);
		return {
			message: `Expert keeps disabling the webhook: n8n refuses its deliveries, the last one because ${problem}`,
			description: `${advice} ${ENABLED_LATER}`,
		};
	}
	const isShared = deliveriesPerExecution === 'severalWhenBusy';
	const sooner = isShared ? `See ${SIZING}` : `${SEVERAL} If that is not enough, see ${SIZING}`;
	if (lateCount > 0 || retryCounts.has('late')) {
		return {
			message: 'Expert keeps disabling the webhook: n8n responds too late',
			description: `${sooner} ${ENABLED_LATER}`,
		};
	}
	return {
		message: 'Expert keeps disabling the webhook',
		description: `Look at its deliveries in the Expert Dashboard. If they timed out, n8n responds too late. ${sooner} If they show 503, the log of n8n says why; for 401 and 404 see "Troubleshooting" in the documentation. ${ENABLED_LATER}`,
	};
}
