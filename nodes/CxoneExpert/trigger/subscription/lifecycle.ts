import { type IHookFunctions, NodeApiError, NodeOperationError, sleep } from 'n8n-workflow';

import { type UserMessage, failureMessage } from '../../shared/failure-messages';
import type { ExpertCredential } from '../../api/credential';
import type { ApiFailure } from '../../api/failure';
import { createClient, type ApiClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { type ClockedApi, withServerTime } from '../../api/server-time';
import { siteOrigin } from '../../api/site-url';
import { siteTime } from '../../api/time';
import { expiryWarning } from '../../shared/token-expiry';
import { counted } from '../../shared/counted';
import { deliveryAuthorization } from '../../shared/delivery-token';
import { disabledText } from '../../shared/disabled-webhook';
import { oneAtATime } from '../../shared/one-at-a-time';
import { cacheInMemory } from '../../shared/per-node';
import { evictCredential } from '../../n8n/credential-cache';
import { beginListening } from '../delivery/refused-test-event';
import { readParameters } from '../parameters';
import { sendFromNode } from '../../api/http';
import { publishKnowingUsers } from '../users/publish';
import { published, republished } from '../watch/gap';
import { storeWatch, withStoredChanges } from '../watch/stored';
import { addressOf, startServing, stopServing, servedUntilNow } from './address';
import { desiredWebhook, type DesiredWebhook } from './desired';
import { isStart } from './start-of-n8n';
import { type FailedSync, subscribe, type SyncResult, unsubscribe } from './sync';

/*
 * What n8n calls when a workflow is published and unpublished. Only a throw counts: n8n ignores what
 * `create` and `delete` return, shows the message of what they throw, and calls `delete` after each
 * `create` that threw. Publishing may take 84 s in all before n8n gives up by itself.
 */

/** Budget for finding and setting up the webhook. */
const SUBSCRIBE_BUDGET_MS = 40_000;
/** Budget for looking up the users in the filters. */
const USER_LOOKUP_BUDGET_MS = 5_000;
/** Budget for removing the webhook, also after a publish that failed. */
const REMOVE_BUDGET_MS = 15_000;
/** How much later than a call is given up a slow site may still have done its work. */
const LATE_MS = 5_000;

/**
 * Addresses whose last publish failed. n8n then calls `delete`; if that threw too, n8n would keep its
 * route, treat the webhook as registered and never call `create` again.
 */
/** Webhook addresses whose last publish failed. */
const unpublishedUrls = cacheInMemory<true>();

/**
 * `checkExists`: is the webhook at the site up to date? If not, n8n calls `create`.
 *
 * While publishing there is no need to ask: `create` looks for itself. When n8n starts, the answer is yes
 * without a call: a site that cannot be asked would hold up the start of all workflows, and a throw would
 * make n8n remove its route, so that deliveries are lost to 404. The watch looks within a minute, unless
 * "Repair Webhook" and "Recover Missed Changes" are both off.
 */
export async function checkSubscription(this: IHookFunctions): Promise<boolean> {
	if (!isStart(this)) return false;
	const url = this.getNodeWebhookUrl('default');
	if (url !== undefined) startServing(this, url);
	return true;
}

/**
 * `create`: makes the webhook what it should be, and leaves nothing behind if that fails. The watch
 * stops before that and goes on after it: both at work would register two.
 */
export async function createSubscription(this: IHookFunctions): Promise<boolean> {
	const url = webhookUrl(this);
	stopServing(this, url);
	const servedUntil = servedUntilNow(this);
	return await oneAtATime(url, async () => await publish(this, servedUntil));
}

/** @param servedUntil set where the workflow was published until now */
async function publish(context: IHookFunctions, servedUntil?: number): Promise<boolean> {
	evictCredential(context);
	beginListening(context);
	const { desired, credential } = await readDesired(context);
	if (isTest(context)) addressOf(context).testUrl = desired.url;
	const clock = withServerTime(clientFor(context, credential, SUBSCRIBE_BUDGET_MS));
	const client = clock.api;
	const expiry = expiryWarning(credential, Date.now());
	if (expiry !== undefined) context.logger.warn(`CXone Expert: ${expiry}`);
	const done = await publishKnowingUsers(
		context,
		credential,
		clientFor(context, credential, USER_LOOKUP_BUDGET_MS),
		async () => await subscribe(client, desired),
	);
	if (!done.ok) {
		unpublishedUrls.set(desired.url, true);
		const isClean =
			!client.mayHaveWritten || (await removeRemains(context, credential, desired, done));
		throw apiError(context, done.failure, isClean ? undefined : desired.url);
	}
	unpublishedUrls.delete(desired.url);
	if (!isTest(context)) {
		startServing(context, desired.url);
		addressOf(context).registeredUrl = desired.url;
		watchChanges(context, credential, clock, servedUntil);
		storeWatch(context);
	}
	logPublished(context, desired, done.value);
	return true;
}

/** From now on the watch looks after the changes at the site, also after a restart of n8n. */
function watchChanges(
	context: IHookFunctions,
	credential: ExpertCredential,
	clock: ClockedApi,
	servedUntil?: number,
): void {
	const site = siteOrigin(credential.siteUrl);
	const changes = withStoredChanges(context);
	const { progress: before } = changes;
	changes.progress =
		before !== undefined && before.site === site && servedUntil !== undefined
			? republished(before, timeAt(clock, servedUntil))
			: published(siteTime(clock.siteTime()) ?? Date.now(), site);
	// Nobody follows them: when that is wanted again, it starts over.
	if (!readParameters(context).recoverMissedChanges) delete changes.progress;
}

/** @param moment ms of the monotonic clock */
function timeAt(clock: ClockedApi, moment: number): number {
	return clock.siteTimeAt(moment) ?? Date.now() - (performance.now() - moment);
}

/** Removes what a failed publish may have left; `false` when something may still be there. */
async function removeRemains(
	context: IHookFunctions,
	credential: ExpertCredential,
	{ url }: DesiredWebhook,
	{ remains }: FailedSync,
): Promise<boolean> {
	const client = clientFor(context, credential, REMOVE_BUDGET_MS);
	const removed = await unsubscribe(client, url, remains?.id);
	return removed.ok && remains?.isUncertain !== true;
}

function logPublished(
	{ logger }: IHookFunctions,
	{ events }: DesiredWebhook,
	{ id, created, wasDisabled }: SyncResult,
): void {
	const done = created ? 'registered' : 'repaired';
	const types = counted(events.length, 'event type', 'event types');
	logger.info(`CXone Expert webhook ${id} ${done}: ${types}`);
	if (wasDisabled === undefined) return;
	logger.warn(
		`CXone Expert webhook ${id} ${disabledText(wasDisabled)}. It is enabled again. Events of the time in between were not delivered.`,
	);
}

/**
 * `delete`: removes the webhook. One that is gone is fine; any other failure is reported.
 *
 * A check may be repairing the webhook at this moment. It stops at its next call, and only then is
 * removed what it may have registered.
 */
export async function deleteSubscription(this: IHookFunctions): Promise<boolean> {
	evictCredential(this);
	const url = webhookUrl(this);
	stopServing(this, url);
	return await oneAtATime(url, async () => await remove(this, url));
}

async function remove(context: IHookFunctions, url: string): Promise<boolean> {
	const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const client = clientFor(context, credential, REMOVE_BUDGET_MS);
	const unfinishedId = isTest(context) ? undefined : addressOf(context).unfinishedId;
	const once = await unsubscribe(client, url, unfinishedId);
	// After a failed publish n8n calls again by itself, but at the end of a test it does not.
	const again = !once.ok && !unpublishedUrls.has(url);
	const removed = again ? await unsubscribe(client, url, unfinishedId) : once;
	if (!removed.ok) {
		const error = apiError(context, removed.failure, url);
		if (!unpublishedUrls.has(url)) throw error;
		context.logger.warn(error.message);
		return true;
	}
	unpublishedUrls.delete(url);
	if (!isTest(context)) await removeLate(context, client, url, removed.value);
	if (removed.value.length > 0) {
		context.logger.info(`CXone Expert webhook ${removed.value.join(', ')} removed`);
	}
	return true;
}

/**
 * A check was ended while a slow site was registering the webhook: it may be there a little later. When
 * it is not, and was not there before, people are told where to look.
 *
 * @param before ids of what was removed already
 */
async function removeLate(
	context: IHookFunctions,
	client: ApiClient,
	url: string,
	before: string[],
): Promise<void> {
	const address = addressOf(context);
	delete address.unfinishedId;
	if (address.mayAppear !== true) return;
	delete address.mayAppear;
	await sleep(LATE_MS);
	const removed = await unsubscribe(client, url);
	if (removed.ok && [...before, ...removed.value].length > 0) return;
	context.logger.warn(`The CXone Expert site was slow to register a webhook.${leftAt(url)}`);
}

/** "Listen for test event": a webhook of its own, which the watch leaves alone. */
function isTest(context: IHookFunctions): boolean {
	return context.getActivationMode() === 'manual';
}

async function readDesired(
	context: IHookFunctions,
): Promise<{ desired: DesiredWebhook; credential: ExpertCredential }> {
	const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const desired = desiredWebhook(readParameters(context), credential, webhookUrl(context));
	if (!desired.ok) throw operationError(context, desired.failure);
	return { desired: desired.value, credential };
}

function clientFor(
	context: IHookFunctions,
	credential: ExpertCredential,
	budgetMs: number,
): ApiClient {
	const authorization = deliveryAuthorization(credential, webhookUrl(context));
	const secrets = secretsOf(credential, authorization);
	return createClient(sendFromNode(context, credential.siteUrl), budgetMs, secrets);
}

/** The address that n8n serves now; in a test that is the test address, a webhook of its own. */
function webhookUrl(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined) return url;
	throw operationError(context, {
		message: 'n8n has no webhook address for this node',
		description: 'Remove the trigger from the workflow, add it again and publish.',
	});
}

/** While publishing, n8n shows the message of what is thrown and drops its description. */
function operationError(context: IHookFunctions, message: UserMessage): NodeOperationError {
	return new NodeOperationError(context.getNode(), toastText(message));
}

/**
 * Holds our own words only: the error of the HTTP client holds the token.
 *
 * @param leftBehind address of a webhook that may still be at the site
 */
function apiError(context: IHookFunctions, failure: ApiFailure, leftBehind?: string): NodeApiError {
	const message = toastText(failureMessage(failure), leftBehind);
	const httpCode = failure.status === undefined ? {} : { httpCode: String(failure.status) };
	return new NodeApiError(context.getNode(), {}, { message, ...httpCode });
}

/** The editor's notice cuts off longer messages. */
const MAX_TOAST_CHARS = 330;

function leftAt(url: string): string {
	return ` A webhook may be left at the site. Remove it in the Expert Dashboard: ${url}.`;
}

/** The part that must not be cut off comes first. */
function toastText({ message, description }: UserMessage, leftBehind?: string): string {
	const remains = leftBehind === undefined ? '' : leftAt(leftBehind);
	const text = `${message}.${remains} ${description}`;
	if (text.length <= MAX_TOAST_CHARS) return text;
	const wholeWords = text.slice(0, MAX_TOAST_CHARS - 1).replace(/\s\S*$/, '');
	return `${wholeWords.trimEnd()}…`;
}
