import type { ITriggerFunctions } from 'n8n-workflow';

import type { ExpertClient, Semaphore } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { ExpertError } from '../../api/expert-error';
import { type ClientOptions, connect } from '../../api/http';
import { siteOrigin } from '../../api/site-url';
import { deliveryAuthorization } from '../../protocol/token';
import { addressOf, type ServedAddress } from '../state/address';
import type { TriggerParameters } from '../parameters';
import { atMost } from '../semaphore';
import { Alerts } from './alerts';
import type { BackOff } from './back-off';
import type { FailureCounts, SiteCount } from './delivery-failures';

/** The watch of one published trigger node, from `trigger()` to its `closeFunction`. */
export class Watch {
	readonly n8n: ITriggerFunctions;
	/** They are read at the start, because expressions cannot be evaluated later. */
	readonly parameters: TriggerParameters;
	readonly alerts: Alerts;
	/** n8n has ended the watch. */
	isClosed = false;
	backOff: BackOff = { enabledAt: -Infinity, pauses: 0 };
	/** Failed deliveries when the webhook was last enabled. */
	failuresBefore?: FailureCounts;
	siteCount?: SiteCount | undefined;
	/** This process had sent so many responses when the site was last asked for its count. */
	responses = 0;
	/** `accessKey` with which the users in the filters were last looked up. */
	usersAskedWith?: string;

	constructor(n8n: ITriggerFunctions, parameters: TriggerParameters) {
		this.n8n = n8n;
		this.parameters = parameters;
		this.alerts = new Alerts(n8n);
	}

	/** False once the workflow is unpublished or published again. */
	isCurrent(served: ServedAddress): boolean {
		return !this.isClosed && addressOf(this.n8n).served === served;
	}

	/** Sends nothing once the workflow is unpublished: a webhook registered then would never be removed. */
	client(
		served: ServedAddress,
		credential: ExpertCredential,
		options: Pick<ClientOptions, 'budgetMs' | 'limits' | 'semaphore'>,
	): ExpertClient {
		return connect(this.n8n, credential, {
			...options,
			authorization: deliveryAuthorization(credential, served.url),
			beforeEach: () => {
				// Nobody reports this error, because every caller checks `isCurrent` as well.
				if (!this.isCurrent(served)) throw new ExpertError({ kind: 'unreachable' });
			},
		});
	}
}

/** Concurrent calls of all watches of this process to one site. */
const MAX_CALLS = 4;

export function siteSemaphore({ siteUrl }: ExpertCredential): Semaphore {
	const key = `watch of ${siteOrigin(siteUrl)}`;
	return async (work) => await atMost(MAX_CALLS, key, work);
}

/** Leaves one call for checks, however much there is to recover. */
export function recoverySemaphore(credential: ExpertCredential): Semaphore {
	const key = `recoveries of ${siteOrigin(credential.siteUrl)}`;
	const site = siteSemaphore(credential);
	return async (work) => await atMost(MAX_CALLS - 1, key, async () => await site(work));
}
