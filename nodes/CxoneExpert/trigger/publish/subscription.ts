import type { IHookFunctions } from 'n8n-workflow';

import type { ApiClient, ExpertClient } from '../../api/client';
import { acceptsUnsigned, type ExpertCredential } from '../../api/credential';
import { asExpertError, counted, type ExpertError, refusal } from '../../api/expert-error';
import { connect } from '../../api/http';
import { nodeError } from '../../api/node-error';
import { printable } from '../../api/redact';
import { siteOrigin } from '../../api/site-url';
import { expiryWarnings } from '../../api/token-expiry';
import { authorizationDigest, deliveryAuthorization } from '../../protocol/token';
import { NOT_VERIFIED } from '../../protocol/signature';
import { disabledText } from '../../api/webhooks';
import { serialized } from '../semaphore';
import { type WantedWebhook, syncWebhook, removeWebhooks, type SyncResult } from '../../api/webhook-sync';
import { figuresOf } from '../../metrics/delivery-figures';
import { cacheInMemory } from '../../memory';
import { evictCredential } from '../../n8n/credential-cache';
import { assertEngine } from '../../n8n/engine';
import { beginListening } from '../state/listening';
import { readParameters } from '../parameters';
import { logMissed, missedBySearch } from '../changes/period-search';
import { changesAt } from '../state/progress';
import { readStoredWatch, storeWatch, takeOverStoredChanges } from '../state/stored';
import { addressOf, isStart, knowsServing, startServing, stopServing } from '../state/address';
import { wantedWebhook } from './wanted-webhook';
import { deadPaths, logDeadPaths, refuseDeadPaths } from './paths';
import { FilterUsers, logUsers, refuseUnknown } from '../state/filter-users';
import { kindsOf } from '../state/wanted-changes';

/*
 * n8n calls these functions when it publishes and unpublishes a workflow. It ignores what `create` and `delete` return,
 * shows the message of an error, and calls `delete` after each `create` that threw. It stops publishing after 84 s.
 */

/** Budget for finding and setting up the webhook. */
const SUBSCRIBE_BUDGET_MS = 40_000;
/** Budget for looking up the users and paths in the filters. */
const LOOKUP_BUDGET_MS = 5_000;
/** Budget for removing the webhook, also after a failed publish. */
const REMOVE_BUDGET_MS = 15_000;

/**
 * Addresses whose last publish failed. n8n then calls `delete`, which must not throw: n8n would keep its route, treat
 * the webhook as registered and never call `create` again.
 */
const failedPublishes = cacheInMemory<FailedPublish>();

interface FailedPublish {
	/** A publish has tried to write, and its webhook may not have been removed. */
	mayHaveLeft: boolean;
}

/**
 * n8n's `checkExists`. If it returns false, n8n calls `create`.
 *
 * It returns false when publishing, because `create` looks for itself. It returns true without a call when n8n starts:
 * a slow site would delay all workflows, and an error would make n8n remove its route, so that deliveries get 404. The
 * watch checks within a minute, unless "Watch: Repair Webhook" and "Watch: Recover Changes" are both off.
 */
export async function checkSubscription(this: IHookFunctions): Promise<boolean> {
	if (!isStart(this) && !isStartAsUpdate(this)) return false;
	const url = this.getNodeWebhookUrl('default');
	if (url !== undefined) startServing(this, url);
	noteDowntime(this);
	return true;
}

/**
 * Opens a gap, because changes may have been missed while n8n was away. The watch reports parameters that cannot be
 * read.
 */
function noteDowntime(context: IHookFunctions): void {
	try {
		if (readParameters(context).recoverMissedChanges) takeOverStoredChanges(context).openGap();
	} catch {
		// An error would remove the route.
	}
}

/**
 * Whether n8n is starting although it calls this an update. It does so if it publishes at its start what it did not
 * publish before it stopped, which after an orderly stop can be all workflows. If the trigger has changed, n8n calls
 * `delete` first.
 */
function isStartAsUpdate(context: IHookFunctions): boolean {
	if (knowsServing(context)) return false;
	const { registeredUrl, isStopped } = readStoredWatch(context);
	const wasPublished = registeredUrl !== undefined && !isStopped;
	return wasPublished && context.getActivationMode() === 'update';
}

/**
 * n8n's `create`. Registers or repairs the webhook, and removes it if that fails. The watch pauses meanwhile, because
 * both together could register two.
 */
export async function createSubscription(this: IHookFunctions): Promise<boolean> {
	return await shown(this, async () => {
		const url = servedUrl(this);
		const isRepublish = stopServing(this, url);
		return await serialized(url, async () => {
			noteFailure(url, isRepublish || readStoredWatch(this).registeredUrl === url);
			await publish(this, url, isRepublish);
			failedPublishes.delete(url);
			return true;
		});
	});
}

/** @param isRepublish the workflow was already published */
async function publish(context: IHookFunctions, url: string, isRepublish: boolean): Promise<void> {
	evictCredential(context);
	beginListening(context);
	assertEngine(context);
	const plan = await prepare(context, url);
	const lookups = await lookUpFilters(context, plan);
	const { webhook, siteTime } = await register(context, plan);
	if (!isTestPublish(context)) {
		startServing(context, url);
		follow(context, plan, { siteTime, isRepublish });
		noteFigures(url, lookups);
	}
	logUsers(context, lookups.users);
	logDeadPaths(context, lookups.paths);
	logMissed(context, lookups.missed);
	logPublished(context, plan.wanted, webhook);
}

/** What the workflow and its credential ask for. */
type Plan = Awaited<ReturnType<typeof prepare>>;

async function prepare(context: IHookFunctions, url: string) {
	const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const parameters = readParameters(context);
	const wanted = wantedWebhook(parameters, credential, url);
	if (isTestPublish(context)) addressOf(context).testUrl = url;
	warnOfCredential(context, credential);
	return {
		credential,
		parameters,
		wanted,
		users: new FilterUsers(context, credential, parameters),
		connect: (budgetMs: number) => connect(context, credential, { budgetMs, authorization: wanted.authorization }),
	};
}

/**
 * Asks the site for what the filters name, and for what recovery will not see.
 *
 * @throws ExpertError in a test that no event could reach
 */
async function lookUpFilters(context: IHookFunctions, { credential, parameters, ...plan }: Plan) {
	const isTest = isTestPublish(context);
	const site = siteOrigin(credential.siteUrl) ?? '';
	const api = plan.connect(LOOKUP_BUDGET_MS);
	const [users, paths, missed] = await Promise.all([
		plan.users.find(api),
		deadPaths(api, parameters),
		parameters.recoverMissedChanges && !isTest ? missedBySearch(api, site, kindsOf(parameters)) : undefined,
	]);
	if (isTest) {
		refuseDeadPaths(paths, parameters);
		refuseUnknown(users);
	}
	return { users, paths, missed };
}

async function register(context: IHookFunctions, plan: Plan): Promise<{ webhook: SyncResult; siteTime: number }> {
	const { url } = plan.wanted;
	const api = plan.connect(SUBSCRIBE_BUDGET_MS);
	const webhook = await syncWebhook(api, plan.wanted).catch(async (thrown: unknown) => {
		const error = asExpertError(thrown);
		const isClean = await removeRemains(plan.connect(REMOVE_BUDGET_MS), url, api);
		noteFailure(url, !isClean);
		throw shownError(context, error, isClean ? undefined : url);
	});
	return { webhook, siteTime: api.siteTime ?? Date.now() };
}

function noteFigures(url: string, { users, paths }: Awaited<ReturnType<typeof lookUpFilters>>): void {
	const figures = figuresOf(url);
	figures.deadPaths = paths.map(({ entered }) => entered);
	figures.unknownUsers = users.unknown;
	figures.auditFindings.clear();
	figures.checkFailure = undefined;
}

/**
 * Removes what a failed publish may have left, because a site can refuse a request and still fulfil it.
 *
 * @returns `false` if something may remain: removing it failed, or the site does not show it yet
 */
async function removeRemains(
	api: ApiClient,
	url: string,
	{ hasTriedToWrite, mayHaveWritten }: ExpertClient,
): Promise<boolean> {
	if (!hasTriedToWrite) return true;
	return await removeWebhooks(api, url).then(
		({ length }) => !mayHaveWritten || length > 0,
		() => false,
	);
}

/** A publish counts as failed until it has succeeded. */
function noteFailure(url: string, mayHaveLeft: boolean): void {
	const before = failedPublishes.get(url)?.mayHaveLeft ?? false;
	failedPublishes.set(url, { mayHaveLeft: before || mayHaveLeft });
}

/** The watch follows the changes at the site from now on, also after n8n restarts. */
function follow(
	context: IHookFunctions,
	{ credential, parameters, wanted, users }: Plan,
	{ siteTime, isRepublish }: { siteTime: number; isRepublish: boolean },
): void {
	const site = siteOrigin(credential.siteUrl);
	const registeredToken = authorizationDigest(credential, wanted.authorization);
	Object.assign(addressOf(context), { registeredUrl: wanted.url, registeredToken });
	// Stored progress can be as old as the last version that followed changes, so only memory counts.
	const wasFollowed = isRepublish && changesAt(context).progress !== undefined;
	const changes = takeOverStoredChanges(context);
	if (wasFollowed && changes.progress?.site === site) changes.republished(siteTime);
	else changes.published(siteTime, site);
	changes.parameters = parameters;
	// Recovery starts over once it is enabled again.
	if (!parameters.recoverMissedChanges) delete changes.progress;
	storeWatch(context);
	users.replaceStored();
}

function warnOfCredential({ logger }: IHookFunctions, credential: ExpertCredential): void {
	const unsigned = acceptsUnsigned(credential) ? [NOT_VERIFIED] : [];
	for (const warning of [...expiryWarnings(credential, Date.now()), ...unsigned])
		logger.warn(`CXone Expert: ${warning}`);
}

function logPublished(
	{ logger }: IHookFunctions,
	{ events }: WantedWebhook,
	{ id, created, wasDisabled }: SyncResult,
): void {
	const done = created ? 'registered' : 'repaired';
	const types = counted(events.length, 'event type', 'event types');
	logger.info(`CXone Expert webhook ${printable(id)} ${done}: ${types}`);
	if (wasDisabled === undefined) return;
	logger.warn(
		`CXone Expert webhook ${printable(id)} ${disabledText(wasDisabled)}. It is enabled again. Events of the time in between were not delivered.`,
	);
}

/**
 * n8n's `delete`. Removes the webhook, if it is still there.
 *
 * A check may be repairing it, and stops at its next call. Remove what it may have registered only then.
 */
export async function deleteSubscription(this: IHookFunctions): Promise<boolean> {
	return await shown(this, async () => {
		evictCredential(this);
		const url = servedUrl(this);
		endServing(this, url);
		return await serialized(url, async () => await remove(this, url));
	});
}

/** Stores that the trigger has stopped, so that no later publish counts as a start. The end of a test stops nothing. */
function endServing(context: IHookFunctions, url: string): void {
	const address = addressOf(context);
	const { registeredUrl, isStopped } = readStoredWatch(context);
	// Keep the progress: n8n has loaded an updated package, or unpublishes at its start before it publishes again.
	if (!knowsServing(context) && !isStopped) takeOverStoredChanges(context);
	const served = address.served?.url ?? registeredUrl;
	stopServing(context, url);
	if (served !== url) return;
	address.stoppedAt ??= performance.now();
	storeWatch(context);
}

async function remove(context: IHookFunctions, url: string): Promise<boolean> {
	const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
	const authorization = deliveryAuthorization(credential, url);
	const api = connect(context, credential, { budgetMs: REMOVE_BUDGET_MS, authorization });
	const failure = failedPublishes.get(url);
	const isAfterFailure = failure !== undefined;
	try {
		const removed = await removeWebhooks(api, url).catch(async (thrown: unknown) => {
			// n8n repeats the call after a failed publish, but not at the end of a test.
			if (isAfterFailure) throw thrown;
			return await removeWebhooks(api, url);
		});
		failedPublishes.delete(url);
		if (removed.length > 0) {
			context.logger.info(`CXone Expert webhook ${printable(removed.join(', '))} removed`);
		}
	} catch (thrown) {
		const mayRemain = failure?.mayHaveLeft ?? true;
		const error = shownError(context, asExpertError(thrown), mayRemain ? url : undefined);
		if (!isAfterFailure) throw error;
		context.logger.warn(error.message);
	}
	return true;
}

/** "Listen for test event" has its own webhook, which the watch ignores. */
function isTestPublish(context: IHookFunctions): boolean {
	return context.getActivationMode() === 'manual';
}

/** Address that n8n serves now, which is the test address in a test. */
function servedUrl(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined) return url;
	throw refusal({
		message: 'n8n has no webhook address for this node',
		description: 'Remove the trigger from the workflow, add it again and publish.',
	});
}

async function shown<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (thrown) {
		throw shownError(context, asExpertError(thrown));
	}
}

/**
 * Puts the description into the message, because n8n shows only that when publishing.
 *
 * @param leftBehind address of a webhook that may remain at the site
 */
function shownError(context: IHookFunctions, error: ExpertError, leftBehind?: string): Error {
	return nodeError(context.getNode(), error, { message: toastText(error, leftBehind) });
}

/** The editor truncates longer messages. */
const MAX_TOAST_CHARS = 330;

function leftAt(url: string): string {
	return ` A webhook may be left at the site. Remove it in the Expert Dashboard: ${url}.`;
}

/** Puts first what must not be truncated. */
function toastText({ message, description }: ExpertError, leftBehind?: string): string {
	const remains = leftBehind === undefined ? '' : leftAt(leftBehind);
	const text = `${message}.${remains} ${description}`;
	if (text.length <= MAX_TOAST_CHARS) return text;
	const wholeWords = text.slice(0, MAX_TOAST_CHARS - 1).replace(/\s\S*$/, '');
	return `${wholeWords.trimEnd()}…`;
}
