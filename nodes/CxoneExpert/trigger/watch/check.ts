import type { ITriggerFunctions } from 'n8n-workflow';

import type { ApiClient, ExpertClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { asExpertError, ExpertError } from '../../api/expert-error';
import { type ClientOptions, connect } from '../../api/http';
import { siteOrigin } from '../../api/site-url';
import { siteTime } from '../../api/elements';
import { getWebhook, isDisabledByExpert, type Webhook } from '../../api/webhooks';
import { figuresOf } from '../../figures/delivery-figures';
import { deliveryAuthorization } from '../../protocol/token';
import { expiredToken } from '../../api/token-expiry';
import { atMost, serialized } from '../semaphore';
import type { TriggerParameters } from '../parameters';
import { readCredential } from '../read-credential';
import {
	addressOf,
	type LastRegistration,
	lastRegistration,
	type ServedAddress,
} from '../node/address';
import { areAllDead, nothingComes } from '../publish/paths';
import { wantedWebhook } from '../publish/wanted-webhook';
import { learnUsers } from '../node/users';
import {
	type WantedWebhook,
	differences,
	findWebhooks,
	isUpToDate,
	syncWebhook,
	type SyncResult,
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
	/** As they were at the start: an expression cannot be evaluated later. */
	readonly parameters: TriggerParameters;
	readonly alerts: Alerts;
	/** n8n has ended the watch. */
	isClosed = false;
	backOff: BackOff = { enabledAt: -Infinity, pauses: 0 };
	/** Deliveries that had failed when the webhook was enabled last. */
	failuresBefore?: FailureCounts;
	siteCount?: SiteCount | undefined;

	constructor(n8n: ITriggerFunctions, parameters: TriggerParameters) {
		this.n8n = n8n;
		this.parameters = parameters;
		this.alerts = new Alerts(n8n);
	}

	/** Whether this address is still to be looked after: not unpublished, and not published again. */
	isCurrent(served: ServedAddress): boolean {
		return !this.isClosed && addressOf(this.n8n).served === served;
	}

	/**
	 * The site, for work that has to stop when the workflow is unpublished: each call looks at the address
	 * first, so nothing is registered that nobody removes.
	 */
	client(
		served: ServedAddress,
		credential: ExpertCredential,
		options: Pick<ClientOptions, 'budgetMs' | 'limits' | 'inTurn'>,
	): ExpertClient {
		return connect(this.n8n, credential, {
			...options,
			authorization: deliveryAuthorization(credential, served.url),
			beforeEach: () => {
				// Nobody is told: whoever asks looks at the address, too.
				if (!this.isCurrent(served)) throw new ExpertError({ kind: 'unreachable' });
			},
		});
	}
}

/** Calls of all watches of this process to one site at the same time. */
export const MAX_CALLS = 4;

/** Does what calls the site once fewer than four others do. It waits as long as it takes. */
export async function inTurn<T>(credential: ExpertCredential, work: () => Promise<T>): Promise<T> {
	return await atMost(MAX_CALLS, `watch of ${siteOrigin(credential.siteUrl)}`, work);
}

/** Time for all calls of one check. */
const BUDGET_MS = 40_000;

/** What a check has found or done. */
export interface Checked extends Finding {
	done?: SyncResult;
	/** The webhook was whole, and no delivery had failed since the check before. */
	wasDelivering: boolean;
	/**
	 * When the site was asked, unix ms by its clock. Absent where that says nothing of deliveries: it could not
	 * be asked, or this is a copy of n8n.
	 */
	siteTime?: number;
	/** Origin of the site. */
	site?: string;
}

/** Looks at the webhook once and repairs it where that is wanted. */
export async function check(watch: Watch, served: ServedAddress): Promise<Checked> {
	const looked = await look(watch, served);
	return watch.isCurrent(served) ? looked : { finding: 'stopped', wasDelivering: false };
}

async function look(watch: Watch, served: ServedAddress): Promise<Checked> {
	const credential = await readCredential(watch.n8n);
	if (credential === undefined) return { ...NO_CREDENTIAL, wasDelivering: false };
	try {
		// In this order: publishing waits for the address, and must not wait for other watches.
		return await inTurn(credential, async () => {
			return await serialized(served.url, async () => await lookWith(credential, watch, served));
		});
	} catch (thrown) {
		return { ...couldNotAsk(asExpertError(thrown), credential), wasDelivering: false };
	}
}

async function lookWith(
	credential: ExpertCredential,
	watch: Watch,
	served: ServedAddress,
): Promise<Checked> {
	const wanted = wantedWebhook(watch.parameters, credential, served.url);
	const api = watch.client(served, credential, {
		budgetMs: BUDGET_MS,
		inTurn: async (send) => await serialized(`check of ${served.url}`, send),
	});
	const found = await readOurWebhooks(api, wanted);
	const hasFailed = noteSiteCount(watch, found);
	const acted = await act(watch, served, { api, wanted, found });
	await learnUsers(watch.n8n, api, credential, watch.parameters);
	const checked = { ...acted, wasDelivering: acted.finding === 'fine' && !hasFailed };
	if (lastRegistration(watch.n8n, served.url) !== 'here') return checked;
	const site = siteOrigin(credential.siteUrl)!;
	return { ...checked, siteTime: siteTime(api.siteTime) ?? Date.now(), site };
}

/** @returns whether the site has counted failed deliveries since the check before */
function noteSiteCount(watch: Watch, found: Webhook[]): boolean {
	const count = Math.max(0, ...found.map(({ consecutiveFailures }) => consecutiveFailures));
	const before = watch.siteCount?.last ?? 0;
	watch.siteCount = withSiteCount(watch.siteCount, count, performance.now());
	return count > 0 && count !== before;
}

/** Nothing but a person can change that. */
export const NO_CREDENTIAL: Finding = {
	finding: 'refused',
	message: {
		message: 'The credential of the trigger could not be read',
		description: 'Open the credential in n8n, enter it again and save it.',
	},
};

/** The webhooks with our address. Entries of the list may be shortened: one that differs is read whole. */
export async function readOurWebhooks(api: ApiClient, wanted: WantedWebhook): Promise<Webhook[]> {
	const listed = await findWebhooks(api, wanted.url);
	const [first, ...others] = listed;
	const isWhole = first === undefined || isUpToDate(differences(first, wanted));
	if (isWhole || others.length > 0) return listed;
	const whole = await getWebhook(api, first.id);
	return whole === undefined ? [] : [whole];
}

/** `changed`: not there, not alone or not as it should be. This and what Expert has disabled may be repaired. */
type Judgement = FindingKind | 'changed' | 'disabled by Expert';

const JUDGEMENT_ON_NONE = {
	here: 'changed',
	elsewhere: 'registered elsewhere',
	unknown: 'never registered',
} as const;

/** @param found the webhooks with our address */
export function judge(
	found: Webhook[],
	wanted: WantedWebhook,
	registered: LastRegistration,
): Judgement {
	if (found.length === 0) return JUDGEMENT_ON_NONE[registered];
	if (found.every(({ active }) => !active)) {
		return found.some(isDisabledByExpert) ? 'disabled by Expert' : 'disabled by a person';
	}
	const [first, ...others] = found;
	const isWhole = others.length === 0 && isUpToDate(differences(first!, wanted));
	return isWhole ? 'fine' : 'changed';
}

interface Looked {
	api: ApiClient;
	wanted: WantedWebhook;
	found: Webhook[];
}

async function act(
	watch: Watch,
	served: ServedAddress,
	looked: Looked,
): Promise<Finding & Pick<Checked, 'done'>> {
	// What is at the site under this address was registered under it, whatever is stored.
	if (looked.found.length > 0) addressOf(watch.n8n).registeredUrl = served.url;
	const judged = judge(looked.found, looked.wanted, lastRegistration(watch.n8n, served.url));
	if (judged === 'fine') return noteWhole(watch, served);
	if (judged !== 'changed' && judged !== 'disabled by Expert') return { finding: judged };
	if (!watch.parameters.repairWebhook) return { finding: 'not as it should be' };
	if (judged === 'changed' || !isPaused(watch.backOff, performance.now()))
		return await repair(watch, looked);
	if (watch.backOff.pauses > 1) return { finding: 'paused again' };
	const message = keepsDisabling(figuresOf(served.url), watch.failuresBefore, watch.parameters);
	return { finding: 'paused', message };
}

function noteWhole(watch: Watch, { url }: ServedAddress): Finding {
	if (watch.backOff.pausedUntil !== undefined) noteEnabled(watch, url);
	return { finding: 'fine' };
}

/** Whether deliveries to a webhook that is fine fail one after the other. */
export function checkDeliveries({ siteCount, parameters }: Watch, { url }: ServedAddress): Finding {
	return failing(figuresOf(url), siteCount, parameters);
}

/** Whether publishing has found that no row of "Page Paths" lets anything through. */
export function checkPaths({ parameters }: Watch, { url }: ServedAddress): Finding {
	const { deadPaths } = figuresOf(url);
	if (!areAllDead(deadPaths.length, parameters)) return { finding: 'fine' };
	return { finding: 'paths lead nowhere', message: nothingComes(deadPaths[0]!) };
}

async function repair(
	watch: Watch,
	{ api, wanted }: Looked,
): Promise<Finding & Pick<Checked, 'done'>> {
	const done = await syncWebhook(api, wanted);
	if (done.wasDisabled !== undefined) noteEnabled(watch, wanted.url);
	figuresOf(wanted.url).count('repaired');
	return { finding: 'repaired', done };
}

/** By the watch or by a person. */
function noteEnabled(watch: Watch, url: string): void {
	watch.failuresBefore = failureCounts(figuresOf(url));
	watch.backOff = { enabledAt: performance.now(), pauses: watch.backOff.pauses };
}

/** When a webhook that Expert keeps disabling is enabled again. Times are ms of the monotonic clock. */
export interface BackOff {
	enabledAt: number;
	/** Pauses since it was enabled at once. */
	pauses: number;
	pausedUntil?: number;
}

const HOUR_MS = 60 * 60_000;
const PAUSES_MS = [HOUR_MS / 4, HOUR_MS / 2, HOUR_MS] as const;

/**
 * Whether a webhook that Expert has disabled is left disabled for now.
 *
 * The first time it is enabled at once. When Expert disables it again within an hour, n8n does not keep up:
 * enabling it at once would only make Expert send more of what n8n cannot take. So the watch waits, each time
 * for longer. After an hour without it the next time is a first one.
 *
 * @param backOff changes with what is decided
 */
export function isPaused(backOff: BackOff, now: number): boolean {
	const { enabledAt, pauses, pausedUntil } = backOff;
	if (pausedUntil !== undefined) return now < pausedUntil;
	const isFirst = now - enabledAt >= HOUR_MS;
	backOff.pauses = isFirst ? 0 : pauses + 1;
	if (!isFirst) backOff.pausedUntil = now + PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)]!;
	return !isFirst;
}

/** What could not be asked, or must not be. */
export function couldNotAsk(error: ExpertError, credential: ExpertCredential): Finding {
	const { kind, isDenied, message, description } = error;
	const isTokenRefused = isDenied || kind === 'anonymous';
	const expired = isTokenRefused ? expiredToken(credential, Date.now()) : undefined;
	return {
		finding: isTokenRefused || kind === 'refused' ? 'refused' : 'unreachable',
		message: expired ?? { message, description },
	};
}
