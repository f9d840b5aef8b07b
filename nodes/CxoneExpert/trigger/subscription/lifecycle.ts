import { type IHookFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { type UserMessage, failureMessage } from '../../shared/failure-messages';
import type { ExpertCredential } from '../../api/credential';
import { createClient, type ApiResult, type ApiClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { sendFromNode } from '../../api/http';
import { expiryWarning } from '../../shared/token-expiry';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { evictCredential } from '../delivery/n8n/credential-cache';
import { dropStore } from '../delivery/dedup/dedup';
import { evictSiteSecrets } from '../delivery/site-secrets';
import { readParameters } from '../parameters';
import { processState } from '../process-state';
import { publishKnowingUsers } from '../users/publish';
import { desiredWebhook, type DesiredWebhook } from './desired';
import { isSubscribed, subscribe, unsubscribe } from './sync';

/*
 * What n8n calls when a workflow is published and unpublished. Only a throw counts: n8n ignores
 * what `create` and `delete` return, shows the message of what they throw, and calls `delete` after
 * each `create` that threw. Publishing may take 84 s in all before n8n gives up by itself.
 */

/** Time for finding and setting up, in ms. */
const SUBSCRIBE_BUDGET_MS = 40_000;
/** Time for asking who the users in the filters are, in ms. */
const USER_LOOKUP_BUDGET_MS = 5_000;
/** Time for removing, in ms; also for taking back what did not succeed. */
const REMOVE_BUDGET_MS = 15_000;

/**
 * Addresses whose last publish failed. n8n calls `delete` after it; if that threw too, n8n would keep
 * its route, treat the webhook as registered and never call `create` again.
 */
const { unpublishedUrls } = processState;

/**
 * `checkExists`: is everything in order at the site? If not, n8n calls `create`.
 *
 * Of a publish nobody needs to ask: `create` looks for itself what is there. The legacy engine also
 * asks when it starts. If the site cannot be asked then, the webhook is taken to be in order: a throw
 * would make n8n remove its route, and deliveries would be lost to 404.
 */
export async function checkSubscription(this: IHookFunctions): Promise<boolean> {
	if (!isStart(this)) return false;
	try {
		const { desired, credential } = await readDesired(this);
		const checked = await isSubscribed(clientFor(this, credential, SUBSCRIBE_BUDGET_MS), desired);
		if (checked.ok) return checked.value;
		throw apiError(this, checked);
	} catch (error) {
		this.logger.warn(
			`The CXone Expert webhook could not be checked at the start of n8n and is taken to be in order. ${ownWords(error)}`,
		);
		return true;
	}
}

/** What n8n says of a credential that cannot be read may hold a part of it. */
function ownWords(error: unknown): string {
	const isOurs = error instanceof NodeApiError || error instanceof NodeOperationError;
	return isOurs ? error.message : 'Its credential could not be read.';
}

/** `create`: make it so, and leave nothing behind if that does not succeed. */
export async function createSubscription(this: IHookFunctions): Promise<boolean> {
	evictCredential(this);
	const { desired, credential } = await readDesired(this);
	const expert = clientFor(this, credential, SUBSCRIBE_BUDGET_MS);
	const expiry = expiryWarning(credential, Date.now());
	if (expiry !== undefined) this.logger.warn(`CXone Expert: ${expiry}`);
	const done = await publishKnowingUsers(
		this,
		credential,
		clientFor(this, credential, USER_LOOKUP_BUDGET_MS),
		async () => await subscribe(expert, desired),
	);
	if (!done.ok) {
		unpublishedUrls.set(desired.url, true);
		const { id, isUncertain = false } = done.remains ?? {};
		const isRemoved =
			!expert.mayHaveWritten ||
			(await unsubscribe(clientFor(this, credential, REMOVE_BUDGET_MS), desired.url, id)).ok;
		throw apiError(this, done, isRemoved && !isUncertain ? undefined : desired.url);
	}
	unpublishedUrls.delete(desired.url);
	const { id, created, wasDisabled } = done.value;
	const events = desired.events.length;
	this.logger.info(
		`CXone Expert webhook ${id} ${created ? 'registered' : 'repaired'}: ${events} event types`,
	);
	if (desired.needsNamedSecret === true) {
		this.logger.info(
			`The credential has no signing secret, but the CXone Expert site names one for webhook ${id}: the trigger uses that`,
		);
	}
	if (wasDisabled !== undefined) {
		this.logger.warn(
			`CXone Expert had switched webhook ${id} off after ${wasDisabled.failures} failed deliveries in a row (reason ${wasDisabled.reason}). It is on again. Events of the time in between were not delivered.`,
		);
	}
	return true;
}

/** `delete`: remove it. Nothing there is fine; anything else is reported. */
export async function deleteSubscription(this: IHookFunctions): Promise<boolean> {
	evictCredential(this);
	dropStore(this);
	const url = webhookUrl(this);
	evictSiteSecrets(this, url);
	const credential = await this.getCredentials<ExpertCredential>('cxoneExpertApi');
	const expert = clientFor(this, credential, REMOVE_BUDGET_MS);
	const once = await unsubscribe(expert, url);
	// After a failed publish n8n comes back by itself, but at the end of a test it does not.
	const again = !once.ok && !unpublishedUrls.has(url);
	const removed = again ? await unsubscribe(expert, url) : once;
	if (!removed.ok) {
		const error = apiError(this, removed, url);
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

/** Nobody has published or changed anything; another main process may have taken over. */
function isStart(context: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}

async function readDesired(
	context: IHookFunctions,
): Promise<{ desired: DesiredWebhook; credential: ExpertCredential }> {
	const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const desired = desiredWebhook(readParameters(context), credential, webhookUrl(context));
	if (!desired.ok) throw operationError(context, desired.advice);
	return { desired: desired.webhook, credential };
}

function clientFor(context: IHookFunctions, credential: ExpertCredential, time: number): ApiClient {
	const authorization = deliveryAuthorization(credential, webhookUrl(context));
	const secrets = secretsOf(credential, authorization);
	return createClient(sendFromNode(context, credential.siteUrl), time, secrets);
}

/** The address that n8n serves now: during a test it is the test address, a webhook of its own. */
function webhookUrl(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined) return url;
	throw operationError(context, {
		message: 'n8n has no webhook address for this node',
		description: 'Remove the trigger from the workflow, add it again and publish.',
	});
}

/** While publishing, n8n shows the message of what is thrown and drops its description. */
function operationError(context: IHookFunctions, advice: UserMessage): NodeOperationError {
	return new NodeOperationError(context.getNode(), inOneText(advice));
}

/**
 * Made from our own words only: the error of the HTTP client holds the token.
 *
 * @param leftBehind address of a webhook that may still be at the site
 */
function apiError(
	context: IHookFunctions,
	{ failure, doing }: Extract<ApiResult, { ok: false }>,
	leftBehind?: string,
): NodeApiError {
	const message = inOneText(failureMessage(failure, doing), leftBehind);
	const httpCode = failure.status === undefined ? {} : { httpCode: String(failure.status) };
	return new NodeApiError(context.getNode(), {}, { message, ...httpCode });
}

/** n8n's notice in the editor cuts off what is longer, in characters. */
const MAX_TOAST_CHARS = 330;

/** What must not be cut off comes first. */
function inOneText({ message, description }: UserMessage, leftBehind?: string): string {
	const remains =
		leftBehind === undefined
			? ''
			: ` A webhook may be left at the site, remove it in the Expert Dashboard: ${leftBehind}.`;
	const text = `${message}.${remains} ${description}`;
	if (text.length <= MAX_TOAST_CHARS) return text;
	return `${text.slice(0, MAX_TOAST_CHARS - 1).replace(/\s+\S*$/, '')}…`;
}
