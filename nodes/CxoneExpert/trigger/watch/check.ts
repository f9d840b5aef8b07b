import type { ITriggerFunctions } from 'n8n-workflow';

import type { ApiClient, ExpertClient, Semaphore } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { asExpertError, ExpertError } from '../../api/expert-error';
import { type ClientOptions, connect } from '../../api/http';
import { failureOf } from '../../api/node-error';
import { siteOrigin } from '../../api/site-url';
import { getWebhook, isDisabledByExpert, type Webhook } from '../../api/webhooks';
import { assertEngine } from '../../n8n/engine';
import { figuresOf } from '../../figures/delivery-figures';
import { authorizationDigest, deliveryAuthorization } from '../../protocol/token';
import { expiredToken } from '../../api/token-expiry';
import { atMost, serialized } from '../semaphore';
import type { TriggerParameters } from '../parameters';
import { addressOf, type LastRegistration, lastRegistration, type ServedAddress } from '../node/address';
import { heardBy } from '../node/heard';
import { excludesNobody } from '../node/users';
import { areAllDead, nothingComes } from '../publish/paths';
import { wantedWebhook } from '../publish/wanted-webhook';
import {
	differences,
	findWebhooks,
	isUpToDate,
	syncWebhook,
	type SyncResult,
	type WantedWebhook,
} from '../../api/webhook-sync';
import {
	type FailureCounts,
	failureCounts,
	keepsDisabling,
	failing,
	type SiteCount,
	withSiteCount,
} from './delivery-failures';
import { Alerts, type Finding, type FindingKind } from './alerts';

/** The watch of one published trigger node, from `trigger()` to its `closeFunction`. */
export class Watch {
	readonly n8n: ITriggerFunctions;
	/** From the start: expressions cannot be evaluated later. */
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
				// Never reported: every caller checks `isCurrent` as well.
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

/** However much there is to recover, checks have one call left. */
export function recoverySemaphore(credential: ExpertCredential): Semaphore {
	const key = `recoveries of ${siteOrigin(credential.siteUrl)}`;
	const site = siteSemaphore(credential);
	return async (work) => await atMost(MAX_CALLS - 1, key, async () => await site(work));
}

/** For all calls of one check. */
const BUDGET_MS = 40_000;

/** What a check has found or done. */
export interface Checked extends Finding {
	done?: SyncResult;
	/** The webhook was up to date, and no delivery had failed since the check before. */
	wasDelivering: boolean;
	/**
	 * When the site was asked, unix ms by its clock. Absent if that says nothing about deliveries here: the site did
	 * not respond, or this is a copy of n8n.
	 */
	siteTime?: number;
	/** Origin of the site. */
	site?: string;
}

/** Checks the webhook once, and repairs it if that is wanted. */
export async function check(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential | undefined,
): Promise<Checked> {
	const checked = await checkInTurn(watch, served, credential);
	return watch.isCurrent(served) ? checked : { finding: 'stopped', wasDelivering: false };
}

async function checkInTurn(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential | undefined,
): Promise<Checked> {
	if (credential === undefined) return { finding: 'no credential', wasDelivering: false };
	const inTurn = siteSemaphore(credential);
	try {
		// In this order: publishing waits for the address, and must not wait for other watches.
		return await inTurn(async () => {
			return await serialized(served.url, async () => await checkNow(watch, served, credential));
		});
	} catch (thrown) {
		return { ...couldNotAsk(asExpertError(thrown), credential), wasDelivering: false };
	}
}

async function checkNow(watch: Watch, served: ServedAddress, credential: ExpertCredential): Promise<Checked> {
	const { n8n, parameters } = watch;
	assertEngine(n8n);
	const wanted = wantedWebhook(parameters, credential, served.url);
	const api = watch.client(served, credential, {
		budgetMs: BUDGET_MS,
		// One call at a time: the whole check counts as one of the site's concurrent calls.
		semaphore: async (send) => await serialized(`check of ${served.url}`, send),
	});
	const { responses } = figuresOf(served.url);
	const found = await readOurWebhooks(api, wanted);
	const hasFailed = noteSiteCount(watch, found, responses);
	// A webhook at this address was registered for it, whatever is stored.
	if (found.length > 0) addressOf(n8n).registeredUrl = served.url;
	const registered = lastRegistration(n8n, served.url);
	const acted = await act(watch, judgeWebhook(found, wanted, registered), wanted, api);
	if (['fine', 'repaired'].includes(acted.finding))
		addressOf(n8n).registeredToken = authorizationDigest(credential, wanted.authorization);
	const checked = { ...acted, wasDelivering: acted.finding === 'fine' && !hasFailed };
	if (registered !== 'here') return checked;
	const site = siteOrigin(credential.siteUrl)!;
	return { ...checked, siteTime: api.siteTime ?? Date.now(), site };
}

/**
 * One delivery that gets through sets the site's count back, so the same count can be of other failures: only where all
 * deliveries come here and none has come is it known not to be.
 *
 * @param responses sent by this process before the site was asked
 * @returns whether the site may have counted failed deliveries since the check before
 */
function noteSiteCount(watch: Watch, found: Webhook[], responses: number): boolean {
	const count = Math.max(0, ...found.map(({ consecutiveFailures }) => consecutiveFailures));
	const before = watch.siteCount?.last ?? 0;
	watch.siteCount = withSiteCount(watch.siteCount, count, performance.now());
	const mayBeReset = responses !== watch.responses || !heardBy(watch.n8n).runsHere;
	watch.responses = responses;
	return count > 0 && (count !== before || mayBeReset);
}

/** The webhooks with our address. One that differs is read again: the list may shorten its entries. */
async function readOurWebhooks(api: ApiClient, wanted: WantedWebhook): Promise<Webhook[]> {
	const listed = await findWebhooks(api, wanted.url);
	const [first, ...others] = listed;
	const isWhole = first === undefined || isUpToDate(differences(first, wanted));
	if (isWhole || others.length > 0) return listed;
	const whole = await getWebhook(api, first.id);
	return whole === undefined ? [] : [whole];
}

/** `changed`: missing, duplicated or different. This and `disabled by Expert` may be repaired. */
type Judgement = FindingKind | 'changed' | 'disabled by Expert';

const JUDGEMENT_ON_NONE = {
	here: 'changed',
	elsewhere: 'registered elsewhere',
	unknown: 'never registered',
} as const;

/** @param found the webhooks with our address */
export function judgeWebhook(found: Webhook[], wanted: WantedWebhook, registered: LastRegistration): Judgement {
	if (found.length === 0) return JUDGEMENT_ON_NONE[registered];
	if (found.every(({ active }) => !active)) {
		return found.some(isDisabledByExpert) ? 'disabled by Expert' : 'disabled by a person';
	}
	const [first, ...others] = found;
	const isWhole = others.length === 0 && isUpToDate(differences(first!, wanted));
	return isWhole ? 'fine' : 'changed';
}

async function act(
	watch: Watch,
	judgement: Judgement,
	wanted: WantedWebhook,
	api: ApiClient,
): Promise<Finding & Pick<Checked, 'done'>> {
	const { backOff, failuresBefore, parameters } = watch;
	const figures = figuresOf(wanted.url);
	// A person has enabled it during a pause.
	if (judgement === 'fine' && backOff.pausedUntil !== undefined) noteEnabled(watch, wanted.url);
	if (judgement !== 'changed' && judgement !== 'disabled by Expert') return { finding: judgement };
	if (!parameters.repairWebhook) return { finding: 'not as it should be' };
	if (judgement === 'changed' || !isPaused(backOff, performance.now())) return await repairWebhook(watch, wanted, api);
	if (backOff.pauses > 1) return { finding: 'paused again' };
	return { finding: 'paused', message: keepsDisabling(figures, failuresBefore, parameters) };
}

/** Whether deliveries to a webhook that is fine keep failing. */
export function checkDeliveries({ siteCount, parameters }: Watch, { url }: ServedAddress): Finding {
	return failing(figuresOf(url), siteCount, parameters);
}

/** Whether publishing has found that no row of "Page Paths" lets anything through. */
export function checkPaths({ parameters }: Watch, { url }: ServedAddress): Finding {
	const { deadPaths } = figuresOf(url);
	if (!areAllDead(deadPaths.length, parameters)) return { finding: 'fine' };
	return { finding: 'paths lead nowhere', message: nothingComes(deadPaths[0]!) };
}

/** The same for "Exclude Users". */
export function checkUsers({ url }: ServedAddress): Finding {
	const [name] = figuresOf(url).unknownUsers;
	if (name === undefined) return { finding: 'fine' };
	return { finding: 'users unknown', message: excludesNobody(name) };
}

async function repairWebhook(
	watch: Watch,
	wanted: WantedWebhook,
	api: ApiClient,
): Promise<Finding & Pick<Checked, 'done'>> {
	const done = await syncWebhook(api, wanted);
	if (done.wasDisabled !== undefined) noteEnabled(watch, wanted.url);
	figuresOf(wanted.url).count('repaired');
	return { finding: 'repaired', done };
}

function noteEnabled(watch: Watch, url: string): void {
	watch.failuresBefore = failureCounts(figuresOf(url));
	watch.backOff = { enabledAt: performance.now(), pauses: watch.backOff.pauses };
}

/** When to enable a webhook that Expert keeps disabling. Times are ms of the monotonic clock. */
export interface BackOff {
	enabledAt: number;
	/** Since it was last enabled without one. */
	pauses: number;
	pausedUntil?: number;
}

const HOUR_MS = 60 * 60_000;
const PAUSES_MS = [HOUR_MS / 4, HOUR_MS / 2, HOUR_MS] as const;

/**
 * Whether a webhook that Expert has disabled stays disabled for now.
 *
 * We enable it immediately the first time. If Expert disables it again within an hour, n8n does not keep up, and
 * enabling it would only bring more deliveries; so we wait, longer each time, until an hour passes without trouble.
 *
 * @param backOff is updated
 */
export function isPaused(backOff: BackOff, now: number): boolean {
	const { enabledAt, pauses, pausedUntil } = backOff;
	if (pausedUntil !== undefined) return now < pausedUntil;
	const isFirst = now - enabledAt >= HOUR_MS;
	backOff.pauses = isFirst ? 0 : pauses + 1;
	if (!isFirst) backOff.pausedUntil = now + PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)]!;
	return !isFirst;
}

/** Why the site could not be asked, or must not be. */
export function couldNotAsk(error: ExpertError, credential: ExpertCredential): Finding {
	const { kind, isDenied, message, description } = error;
	const isTokenRefused = isDenied || kind === 'anonymous';
	const expired = isTokenRefused ? expiredToken(credential, Date.now()) : undefined;
	const failure = expired === undefined ? failureOf(error).cause : 'credential-invalid';
	return {
		finding: isTokenRefused || kind === 'refused' ? 'refused' : 'unreachable',
		message: { ...(expired ?? { message, description }), failure },
	};
}
