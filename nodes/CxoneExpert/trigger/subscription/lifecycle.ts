import { type IHookFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { type UserMessage, failureMessage } from '../../shared/failure-messages';
import type { ExpertCredential } from '../../api/credential';
import type { ApiFailure } from '../../api/failure';
import { createClient, type ApiClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { sendFromNode } from '../../api/http';
import { expiryWarning } from '../../shared/token-expiry';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { evictCredential } from '../delivery/n8n/credential-cache';
import { beginListening } from '../delivery/refusal-alert';
import { dropStore } from '../delivery/dedup/dedup';
import { evictSiteSecrets } from '../delivery/site-secrets';
import { readParameters } from '../parameters';
import { processState } from '../process-state';
import { publishKnowingUsers } from '../users/publish';
import { desiredWebhook, type DesiredWebhook } from './desired';
import { type FailedSync, isSubscribed, subscribe, type SyncResult, unsubscribe } from './sync';

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

/**
 * Addresses whose last publish failed. n8n then calls `delete`; if that threw too, n8n would keep its
 * route, treat the webhook as registered and never call `create` again.
 */
const { unpublishedUrls } = processState;

/**
 * `checkExists`: is the webhook at the site up to date? If not, n8n calls `create`.
 *
 * While publishing there is no need to ask: `create` looks for itself. The legacy engine also asks when
 * n8n starts. If the site cannot be asked then, the webhook is treated as up to date: a throw would
 * make n8n remove its route, and deliveries would be lost to 404.
 */
export async function checkSubscription(this: IHookFunctions): Promise<boolean> {
	if (!isStart(this)) return false;
	try {
		const { desired, credential } = await readDesired(this);
		const checked = await isSubscribed(clientFor(this, credential, SUBSCRIBE_BUDGET_MS), desired);
		if (checked.ok) return checked.value;
		throw apiError(this, checked.failure);
	} catch (error) {
		this.logger.warn(
			`The CXone Expert webhook could not be checked at the start of n8n and is treated as up to date. ${safeMessage(error)}`,
		);
		return true;
	}
}

/** Hides what n8n says about a credential that cannot be read: it may hold a part of it. */
function safeMessage(error: unknown): string {
	const isOurs = error instanceof NodeApiError || error instanceof NodeOperationError;
	return isOurs ? error.message : 'Its credential could not be read.';
}

/** `create`: makes the webhook what it should be, and leaves nothing behind if that fails. */
export async function createSubscription(this: IHookFunctions): Promise<boolean> {
	evictCredential(this);
	beginListening(this);
	const { desired, credential } = await readDesired(this);
	const client = clientFor(this, credential, SUBSCRIBE_BUDGET_MS);
	const expiry = expiryWarning(credential, Date.now());
	if (expiry !== undefined) this.logger.warn(`CXone Expert: ${expiry}`);
	const done = await publishKnowingUsers(
		this,
		credential,
		clientFor(this, credential, USER_LOOKUP_BUDGET_MS),
		async () => await subscribe(client, desired),
	);
	if (!done.ok) {
		unpublishedUrls.set(desired.url, true);
		const isClean = !client.mayHaveWritten || (await isTakenBack(this, credential, desired, done));
		throw apiError(this, done.failure, isClean ? undefined : desired.url);
	}
	unpublishedUrls.delete(desired.url);
	logPublished(this, desired, done.value);
	return true;
}

/** Removes what a failed publish may have left; `false` when something may still be there. */
async function isTakenBack(
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
	{ events, needsNamedSecret }: DesiredWebhook,
	{ id, created, wasDisabled }: SyncResult,
): void {
	const done = created ? 'registered' : 'repaired';
	logger.info(`CXone Expert webhook ${id} ${done}: ${events.length} event types`);
	if (needsNamedSecret === true) {
		logger.info(
			`The credential has no signing secret, but the CXone Expert site names one for webhook ${id}: the trigger uses that`,
		);
	}
	if (wasDisabled === undefined) return;
	logger.warn(
		`CXone Expert had disabled webhook ${id} after ${wasDisabled.failures} failed deliveries in a row (reason ${wasDisabled.reason}). It is enabled again. Events of the time in between were not delivered.`,
	);
}

/** `delete`: removes the webhook. One that is gone is fine; any other failure is reported. */
export async function deleteSubscription(this: IHookFunctions): Promise<boolean> {
	evictCredential(this);
	dropStore(this);
	const url = webhookUrl(this);
	evictSiteSecrets(this, url);
	const credential = await this.getCredentials<ExpertCredential>('cxoneExpertApi');
	const client = clientFor(this, credential, REMOVE_BUDGET_MS);
	const once = await unsubscribe(client, url);
	// After a failed publish n8n calls again by itself, but at the end of a test it does not.
	const again = !once.ok && !unpublishedUrls.has(url);
	const removed = again ? await unsubscribe(client, url) : once;
	if (!removed.ok) {
		const error = apiError(this, removed.failure, url);
		if (!unpublishedUrls.has(url)) throw error;
		this.logger.warn(error.message);
		return true;
	}
	unpublishedUrls.delete(url);
	if (removed.value.length > 0) {
		this.logger.info(`CXone Expert webhook ${removed.value.join(', ')} removed`);
	}
	return true;
}

/** n8n has started, or another main process has taken over: nobody has published anything. */
function isStart(context: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
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

/** The part that must not be cut off comes first. */
function toastText({ message, description }: UserMessage, leftBehind?: string): string {
	const remains =
		leftBehind === undefined
			? ''
			: ` A webhook may be left at the site. Remove it in the Expert Dashboard: ${leftBehind}.`;
	const text = `${message}.${remains} ${description}`;
	if (text.length <= MAX_TOAST_CHARS) return text;
	return `${text.slice(0, MAX_TOAST_CHARS - 1).replace(/\s+\S*$/, '')}…`;
}
