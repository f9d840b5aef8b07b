import type { ITriggerFunctions } from 'n8n-workflow';

import type { ExpertClient, Limits } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { ExpertError } from '../../api/expert-error';
import { connect } from '../../api/http';
import { deliveryAuthorization } from '../../shared/delivery-token';
import type { TriggerParameters } from '../parameters';
import { addressOf, type ServedAddress } from '../publish/address';
import type { FailureCounts, SiteCount } from './delivery-failures';
import { Telling } from './findings';

/** When a webhook that Expert keeps disabling is enabled again. Times are ms of the monotonic clock. */
export interface BackOff {
	enabledAt: number;
	/** Pauses since it was enabled at once. */
	pauses: number;
	pausedUntil?: number;
}

/** The watch of one published trigger node, from `trigger()` to its `closeFunction`. */
export interface Watch {
	readonly n8n: ITriggerFunctions;
	/** As they were at the start: an expression cannot be evaluated later. */
	readonly parameters: TriggerParameters;
	readonly telling: Telling;
	/** n8n has ended the watch. */
	isClosed: boolean;
	backOff: BackOff;
	/** Deliveries that had failed when the webhook was enabled last. */
	failuresBefore?: FailureCounts;
	siteCount?: SiteCount | undefined;
}

export function newWatch(n8n: ITriggerFunctions, parameters: TriggerParameters): Watch {
	return {
		n8n,
		parameters,
		telling: new Telling(n8n),
		isClosed: false,
		backOff: { enabledAt: -Infinity, pauses: 0 },
	};
}

/** Whether this address is still to be looked after: not unpublished, and not published again. */
export function isCurrent({ n8n, isClosed }: Watch, served: ServedAddress): boolean {
	return !isClosed && addressOf(n8n).served === served;
}

/**
 * The site, for work that has to stop when the workflow is unpublished: each call looks at the address
 * first, so nothing is registered that nobody removes.
 */
export function clientOf(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential,
	limits: { budgetMs?: number; limits?: Limits },
): ExpertClient {
	return connect(watch.n8n, credential, {
		...limits,
		authorization: deliveryAuthorization(credential, served.url),
		beforeEach() {
			// Nobody is told: whoever asks looks at the address, too.
			if (!isCurrent(watch, served)) throw new ExpertError({ kind: 'unreachable' });
		},
	});
}
