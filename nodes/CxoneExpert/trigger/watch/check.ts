import type { ApiClient } from '../../api/client';
import { compact } from '../../api/compact';
import type { ExpertCredential } from '../../api/credential';
import { type ApiFailure, isRefusal } from '../../api/failure';
import { failed, type Result, success } from '../../api/result';
import { runningJobs } from '../../api/site-jobs';
import { withServerTime } from '../../api/server-time';
import { siteOrigin } from '../../api/site-url';
import type { Webhook } from '../../api/webhooks';
import { figuresOf } from '../../shared/delivery-figures';
import {
	failureMessage,
	type StatusMessages,
	type UserMessage,
} from '../../shared/failure-messages';
import { expiredToken } from '../../shared/token-expiry';
import { readCredential } from '../read-credential';
import { addressOf, lastRegistration, type ServedAddress } from '../subscription/address';
import { type DesiredWebhook, desiredWebhook } from '../subscription/desired';
import { type FailedSync, subscribe } from '../subscription/sync';
import { type BackOff, onDisabled, onEnabled } from './back-off';
import { failureCounts, keepsDisabling } from './keeps-disabling';
import type { CheckOutcome, CheckReport, CouldNotAsk, LeftAlone } from './report';
import { readOurWebhooks } from './our-webhooks';
import { type Verdict, verdictOn } from './verdict';
import { clientOf, isCurrent, type Watch, wasStopped } from './watch';

/** Time for all calls of one check. */
const BUDGET_MS = 40_000;

/** Looks at the webhook once and repairs it where that is wanted. */
export async function check(watch: Watch, served: ServedAddress): Promise<CheckReport> {
	const opened = await openSite(watch, served);
	if (!opened.ok) return report(watch, served, refusal(opened.failure));
	const { desired, credential } = opened.value;
	const { api, siteTime } = withServerTime(opened.value.api);
	const listed = await readOurWebhooks(api, desired);
	if (!listed.ok) return report(watch, served, couldNotAsk(listed.failure, credential));
	const found = listed.value;
	const outcome = await act(watch, served, { api, desired, credential, found });
	const isJobRunning = watch.parameters.recoverMissedChanges && (await mayRunJob(api));
	const site = siteOrigin(credential.siteUrl);
	return {
		...report(watch, served, outcome, found),
		...compact({ siteTime: siteTime(), site, isJobRunning }),
	};
}

/** A site that is too busy to say may be busy with that. Whoever may not ask never gets to know. */
async function mayRunJob(api: ApiClient): Promise<boolean> {
	const jobs = await runningJobs(api);
	return jobs.ok ? jobs.value.length > 0 : !isRefusal(jobs.failure);
}

function report(
	watch: Watch,
	served: ServedAddress,
	outcome: CheckOutcome,
	found: Webhook[] = [],
): CheckReport {
	const failures = found.map(({ consecutiveFailures }) => consecutiveFailures);
	return {
		outcome: isCurrent(watch, served) ? outcome : { kind: 'stopped' },
		consecutiveFailures: Math.max(0, ...failures),
		isJobRunning: false,
		registered: lastRegistration(watch.n8n, served.url),
	};
}

interface OpenSite {
	api: ApiClient;
	credential: ExpertCredential;
	desired: DesiredWebhook;
}

export const NO_CREDENTIAL: UserMessage = {
	message: 'The credential of the trigger could not be read',
	description: 'Open the credential in n8n, enter it again and save it.',
};

async function openSite(
	watch: Watch,
	served: ServedAddress,
): Promise<Result<OpenSite, UserMessage>> {
	const credential = await readCredential(watch.n8n);
	if (credential === undefined) return failed(NO_CREDENTIAL);
	const desired = desiredWebhook(watch.parameters, credential, served.url);
	if (!desired.ok) return desired;
	const api = clientOf(watch, served, credential, BUDGET_MS);
	return success({ api, credential, desired: desired.value });
}

interface Found extends OpenSite {
	found: Webhook[];
}

async function act(watch: Watch, served: ServedAddress, looked: Found): Promise<CheckOutcome> {
	// What is at the site under this address was registered under it, whatever is stored.
	if (looked.found.length > 0) addressOf(watch.n8n).registeredUrl = served.url;
	const registered = lastRegistration(watch.n8n, served.url);
	const verdict = verdictOn(looked.found, looked.desired, registered);
	if (verdict === 'up to date') {
		const address = addressOf(watch.n8n);
		delete address.unfinishedId;
		delete address.mayAppear;
		if (watch.backOff.pausedUntil !== undefined) enabled(watch, served.url);
		return { kind: 'up to date' };
	}
	const { why, backOff = watch.backOff } = reasonToWait(watch, verdict);
	watch.backOff = backOff;
	if (why === undefined) return await repair(watch, looked);
	if (why !== 'paused') return { kind: 'left alone', why };
	const message = keepsDisabling(figuresOf(served.url), watch.failuresBefore, watch.parameters);
	return { kind: 'left alone', why, message };
}

/** Why nothing is repaired for now, if so, and how the pauses go on. */
function reasonToWait(
	watch: Watch,
	verdict: Exclude<Verdict, 'up to date'>,
): { why?: LeftAlone; backOff?: BackOff } {
	if (verdict !== 'changed' && verdict !== 'disabled by Expert') return { why: verdict };
	if (!watch.parameters.repairWebhook) return { why: 'not wanted' };
	if (verdict === 'changed') return {};
	const { isPaused, ...backOff } = onDisabled(watch.backOff, performance.now());
	if (!isPaused) return { backOff };
	return { why: backOff.pauses > 1 ? 'paused again' : 'paused', backOff };
}

async function repair(watch: Watch, { api, desired, credential }: Found): Promise<CheckOutcome> {
	const done = await subscribe(api, desired);
	if (!done.ok) {
		const address = addressOf(watch.n8n);
		if (mayAppear(done)) address.mayAppear = true;
		if (done.remains?.id !== undefined) address.unfinishedId = done.remains.id;
		return couldNotAsk(done.failure, credential);
	}
	if (done.value.wasDisabled !== undefined) enabled(watch, desired.url);
	figuresOf(desired.url).count('repaired');
	return { kind: 'repaired', done: done.value };
}

/** Whether a webhook may come to light later that cannot be removed by its id. */
function mayAppear({ failure, remains }: FailedSync): boolean {
	if (remains?.isUncertain !== true) return false;
	if (!wasStopped(failure)) return true;
	// The registration was sent, and its response named no id.
	return failure.task !== 'register-webhook' && remains.id === undefined;
}

function enabled(watch: Watch, url: string): void {
	watch.failuresBefore = failureCounts(figuresOf(url));
	watch.backOff = onEnabled(watch.backOff, performance.now());
}

/** Nothing but a person can change that. */
export function refusal(message: UserMessage): CouldNotAsk {
	return { kind: 'could not ask', message, isRefused: true };
}

const REFUSALS: ReadonlySet<ApiFailure['kind']> = new Set(['bad-site', 'insecure-site']);

/** @param messages what a status means for this call, where the general message does not fit */
export function couldNotAsk(
	failure: ApiFailure,
	credential: ExpertCredential,
	messages: StatusMessages = {},
): CouldNotAsk {
	const { message, description } = failureMessage(failure, { messages });
	const isTokenRefused =
		failure.status === 401 || failure.status === 403 || failure.kind === 'anonymous';
	const expired = isTokenRefused ? expiredToken(credential, Date.now()) : undefined;
	return {
		kind: 'could not ask',
		message: { message, description: expired ?? description },
		isRefused: isTokenRefused || REFUSALS.has(failure.kind),
	};
}
