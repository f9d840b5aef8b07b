import type { ITriggerFunctions } from 'n8n-workflow';

import {
	type ApiClient,
	createClient,
	type HttpResponse,
	type Limits,
	type Send,
} from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import type { ApiFailure } from '../../api/failure';
import { secretsOf } from '../../api/redact';
import { deliveryAuthorization } from '../../shared/delivery-token';
import type { Period } from '../../shared/page-changes';
import type { TriggerParameters } from '../parameters';
import { sendFromNode } from '../../api/http';
import { addressOf, type ServedAddress } from '../subscription/address';
import type { AlertState } from './alerts';
import type { BackOff } from './back-off';
import type { FailureCounts } from './keeps-disabling';
import type { Steps } from './changed-pages';
import type { FoundChanges } from './site-changes';

/** The watch of one published trigger node, from `trigger()` to its `closeFunction`. */
export interface Watch {
	readonly n8n: ITriggerFunctions;
	/** As they were at the start: an expression cannot be evaluated later. */
	readonly parameters: TriggerParameters;
	/** n8n has ended the watch. */
	isClosed: boolean;
	backOff: BackOff;
	/** Deliveries that had failed when the webhook was enabled last. */
	failuresBefore: FailureCounts;
	alerts: AlertState;
	/** The same of recoveries. */
	recoveryAlerts: AlertState;
	/** The same of a site that refuses its archive. */
	archiveAlerts: AlertState;
	/** Of a recovery that is not done yet. */
	search?: SiteSearch;
	/** By the monotonic clock: until then the site wants to be left alone. */
	noSearchUntil?: number;
}

/** A search at the site. It goes on, check by check, until all that it finds has started the workflow. */
export interface SiteSearch {
	readonly served: ServedAddress;
	/** Tells the token apart: what was read with another one proves nothing. */
	readonly access: string;
	readonly period: Period;
	readonly steps: Steps<FoundChanges>;
	/** Once it has ended. */
	found?: FoundChanges;
}

/** Whether this address is still to be looked after: not unpublished, and not published again. */
export function isCurrent({ n8n, isClosed }: Watch, served: ServedAddress): boolean {
	return !isClosed && addressOf(n8n).served === served;
}

/** Stands for the response of a call that was not sent any more. */
const STOPPED: HttpResponse = { status: 0, headers: {}, body: '', networkCode: 'ESTOPPED' };

/** Whether the call was not sent any more. */
export function wasStopped({ networkCode }: ApiFailure): boolean {
	return networkCode === STOPPED.networkCode;
}

/**
 * The site, for work that has to stop when the workflow is unpublished: each call looks at the address
 * first, so nothing is registered that nobody removes.
 */
export function clientOf(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential,
	budgetMs: number,
	limits?: Limits,
): ApiClient {
	const send = sendFromNode(watch.n8n, credential.siteUrl);
	const whileCurrent: Send = async (call, timeoutMs) =>
		isCurrent(watch, served) ? await send(call, timeoutMs) : STOPPED;
	const secrets = secretsOf(credential, deliveryAuthorization(credential, served.url));
	return createClient(whileCurrent, budgetMs, secrets, limits);
}
