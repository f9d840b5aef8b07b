import type { ApiClient } from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import { asExpertError, type ExpertError } from '../../api/expert-error';
import { failureOf } from '../../api/node-error';
import { siteOrigin } from '../../api/site-url';
import { getWebhook, isDisabledByExpert, type Webhook } from '../../api/webhooks';
import { assertEngine } from '../../n8n/engine';
import { figuresOf } from '../../metrics/delivery-figures';
import { authorizationDigest } from '../../protocol/token';
import { expiredToken } from '../../api/token-expiry';
import { serialized } from '../semaphore';
import { addressOf, type LastRegistration, lastRegistration, type ServedAddress } from '../state/address';
import { heardBy } from '../state/heard';
import { excludesNobody } from '../state/filter-users';
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
import type { Finding, FindingKind } from './alerts';
import { isPaused } from './back-off';
import { failing, failureCounts, keepsDisabling, withSiteCount } from './delivery-failures';
import { siteSemaphore, type Watch } from './watch';

/** All calls of one check share this budget. */
const BUDGET_MS = 40_000;

/** The result of a check: what it has found or done. */
export interface Checked extends Finding {
	done?: SyncResult;
	/** The webhook was up to date, and no delivery had failed since the check before. */
	wasDelivering: boolean;
	/**
	 * When the site was asked, unix ms by its clock. It is absent if that says nothing about deliveries here: the site did
	 * not respond, or this is a copy of n8n.
	 */
	siteTime?: number;
	/** Origin of the site. */
	site?: string;
}

/** Checks the webhook once, and repairs it if that is wanted. Once the watch has ended, the result says nothing. */
export async function check(
	watch: Watch,
	served: ServedAddress,
	credential: ExpertCredential | undefined,
): Promise<Checked> {
	if (credential === undefined) return { finding: 'no credential', wasDelivering: false };
	const inTurn = siteSemaphore(credential);
	try {
		// The order matters: publishing waits for the address, and must not wait for other watches.
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
		// The check calls one at a time, because it counts as one of the site's concurrent calls.
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

/** Whether publishing has found that a name in "Exclude Users" excludes nobody. */
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

/** Returns the finding for a site that could not, or must not, be asked. */
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
