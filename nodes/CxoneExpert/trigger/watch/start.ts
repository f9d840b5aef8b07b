import { createHash } from 'node:crypto';

import type { CronExpression, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { MINUTE_MS } from '../../durations';
import { accessKey, type ExpertCredential } from '../../api/credential';
import { asExpertError } from '../../api/expert-error';
import { printable } from '../../api/redact';
import { siteOrigin } from '../../api/site-url';
import { EXPIRY_STEPS_DAYS, type ExpiringToken, expiringTokens } from '../../api/token-expiry';
import { canExpertCall } from '../../api/webhook-url';
import { disabledText } from '../../api/webhooks';
import { figuresOf } from '../../metrics/delivery-figures';
import { nodeKey, perNode } from '../../memory';
import { loadedNode } from '../../n8n/loaded-workflow';
import { isTest, readParameters } from '../parameters';
import { readCredential } from '../read-credential';
import { addressOf, isStart, lastRegistration, type ServedAddress } from '../state/address';
import type { SyncResult } from '../../api/webhook-sync';
import { type Alerts, failureOfCheck } from './alerts';
import { check, type Checked, checkDeliveries, checkPaths, checkUsers } from './check';
import { Recovery } from './recover';
import { heardBy } from '../state/heard';
import { changesAt } from '../state/progress';
import { injectKnowledge, readRecord, readStoredWatch } from '../state/stored';
import { FilterUsers } from '../state/filter-users';
import { siteSemaphore, Watch } from './watch';

/** A tick can come slightly early by the monotonic clock, and must still count. */
const TICK_TOLERANCE_MS = 1000;

/**
 * `trigger`: watches the webhook of a published workflow. n8n calls it after each publish and at each start.
 *
 * Returns at once, never throws and always returns an object: otherwise n8n would take back the publication, or
 * publish again every ten seconds. The ticks are n8n's: they end with the publication, and come in the leading main
 * process only. A test is not watched.
 */
export async function startWatch(this: ITriggerFunctions): Promise<ITriggerResponse> {
	if (isTest(this)) return {};
	try {
		return begin(this);
	} catch (error) {
		logFault(this, error);
		return {};
	}
}

function begin(n8n: ITriggerFunctions): ITriggerResponse {
	const parameters = readParameters(n8n);
	if (!parameters.repairWebhook && !parameters.recoverMissedChanges) return {};
	const watch = new Watch(n8n, parameters);
	changesAt(n8n).parameters = parameters;
	heardBy(n8n).begin();
	learnRegisteredUrl(n8n);
	const stored = readStoredWatch(n8n);
	readRecord(n8n, Date.now());
	const tick = onTick(watch);
	injectKnowledge(n8n, stored);
	const code = loadedNode(n8n);
	n8n.helpers.registerCron({ expression: ticksOf(watch) }, async () => {
		if (loadedNode(n8n) !== code) return endOldWatch(watch);
		// `create` works on the same copy and overwrites it, so inject again.
		injectKnowledge(n8n, stored);
		await tick();
	});
	return {
		// It does nothing more, because n8n waits for it, even when it stops.
		closeFunction: async () => {
			watch.isClosed = true;
		},
	};
}

/** n8n has updated the package and goes on calling this code, which hears of no delivery any more. */
function endOldWatch(watch: Watch): void {
	if (watch.isClosed) return;
	watch.isClosed = true;
	watch.n8n.logger.warn(
		`CXone Expert: the package was updated while n8n ran, so nobody watches the webhook of "${watch.n8n.getNode().name}". It is not repaired, and missed changes are not recovered. Restart n8n.`,
	);
}

/** When n8n starts, the stored address is the newest. Later `create` may be at work, and memory is newer. */
function learnRegisteredUrl(n8n: ITriggerFunctions): void {
	const address = addressOf(n8n);
	const stored = readStoredWatch(n8n).registeredUrl;
	const known = address.registeredUrl;
	const registeredUrl = isStart(n8n) ? (stored ?? known) : (known ?? stored);
	if (registeredUrl !== undefined) address.registeredUrl = registeredUrl;
}

/** Ticks come every minute, at a second that differs between nodes, or more often if checks should. */
function ticksOf(watch: Watch): CronExpression {
	const { checkEveryMs } = watch.parameters;
	if (checkEveryMs < MINUTE_MS) return `*/${Math.floor(checkEveryMs / 1000)} * * * * *`;
	return `${Math.floor(phaseOf(watch) / 1000) % 60} * * * * *`;
}

/** Ms into the interval between checks. It differs between nodes, to spread their calls. */
function phaseOf({ n8n, parameters: { checkEveryMs } }: Watch): number {
	const hash = createHash('sha256').update(nodeKey(n8n)).digest().readUInt32BE(0);
	return (hash / 2 ** 32) * checkEveryMs;
}

/**
 * The first tick checks: the first moment after a start of n8n at which anything can be done, and the same minute for
 * all nodes. The second check comes sooner than later ones, by the phase, which spreads them.
 */
function onTick(watch: Watch): () => Promise<void> {
	const { checkEveryMs } = watch.parameters;
	const recovery = new Recovery(watch);
	let lastAt = -Infinity;
	let sooner = Math.floor(phaseOf(watch) / MINUTE_MS) * MINUTE_MS;
	let isBusy = false;
	return async () => {
		const { served } = addressOf(watch.n8n);
		const isDue = performance.now() - lastAt >= checkEveryMs - TICK_TOLERANCE_MS;
		if (served === undefined || watch.isClosed || isBusy || !isDue) return;
		isBusy = true;
		lastAt = performance.now() - sooner;
		sooner = 0;
		try {
			const found = await checkAndReport(watch, served).finally(() => (isBusy = false));
			// It takes as long as its executions; the next check does not wait for it.
			if (found !== undefined) await recovery.after(found, served);
		} catch (error) {
			logFault(watch.n8n, error);
		}
	};
}

/** @returns `undefined` if the workflow was unpublished or published again meanwhile */
async function checkAndReport(watch: Watch, served: ServedAddress): Promise<Checked | undefined> {
	const { n8n, alerts } = watch;
	const credential = await readCredential(n8n);
	const found = await check(watch, served, credential);
	if (!watch.isCurrent(served)) return undefined;
	figuresOf(served.url).checkFailure = failureOfCheck(found);
	if (found.done !== undefined) logRepair(n8n, found.done);
	const isElsewhere = lastRegistration(n8n, served.url) === 'elsewhere';
	// An n8n that Expert could never call has lost its address, rather than being a copy that works.
	const isCopy = isElsewhere && canExpertCall(served.url, siteOrigin(credential?.siteUrl) ?? '');
	alerts.report('webhook', found, isCopy);
	if (found.finding === 'fine') {
		alerts.report('deliveries', checkDeliveries(watch, served));
		alerts.report('paths', checkPaths(watch, served), isCopy);
		alerts.report('users', checkUsers(served), isCopy);
	}
	if (credential === undefined) return found;
	reportExpiry(n8n, alerts, credential, isCopy);
	if (found.siteTime !== undefined) await learnUsers(watch, served, credential);
	return found;
}

/** The last reported steps of each node, as each workflow has its own error workflow. Publishing repeats none. */
const lastReported = perNode((): { steps: string[] } => ({ steps: [] }));

/**
 * Reports tokens that expire soon, each step once.
 *
 * @param isCopy of n8n: logs only
 */
function reportExpiry(n8n: ITriggerFunctions, alerts: Alerts, credential: ExpertCredential, isCopy: boolean): void {
	const last = lastReported(n8n);
	const reached = expiringTokens(credential, Date.now()).flatMap(stepOf);
	for (const { step, token } of reached)
		if (!last.steps.includes(step)) alerts.send('token', token, isCopy ? undefined : 'credential-invalid');
	last.steps = reached.map(({ step }) => step);
}

/** The last step that a token has reached. The check reports a token that has expired. */
function stepOf(token: ExpiringToken): Array<{ step: string; token: ExpiringToken }> {
	const { name, expiresAt, daysLeft } = token;
	const days = EXPIRY_STEPS_DAYS.filter((each) => daysLeft <= each).at(-1);
	if (days === undefined || daysLeft <= 0) return [];
	return [{ step: `${name} ${expiresAt.getTime()} ${days}`, token }];
}

/** Asks once with each token who the users in the filters are, unless publishing has found and stored all of them. */
async function learnUsers(watch: Watch, served: ServedAddress, credential: ExpertCredential): Promise<void> {
	const { n8n, parameters } = watch;
	const users = new FilterUsers(n8n, credential, parameters);
	const access = accessKey(credential);
	if (users.areKnown || watch.usersAskedWith === access) return;
	watch.usersAskedWith = access;
	const api = watch.client(served, credential, { semaphore: siteSemaphore(credential) });
	const failure = await users.find(api).then((found) => found.failure, asExpertError);
	if (failure === undefined || !watch.isCurrent(served)) return;
	n8n.logger.warn(
		`The CXone Expert site did not say who the users in the filters of "${n8n.getNode().name}" are. Events that name a user by ID only may be let through until you publish again or restart n8n. ${failure.text}`,
	);
}

function logRepair(n8n: ITriggerFunctions, { id, created, wasDisabled }: SyncResult): void {
	const what = created
		? 'was not at the site any more and is registered again'
		: wasDisabled === undefined
			? 'did not match the workflow or its credential and is as it should be again'
			: `${disabledText(wasDisabled)} and is enabled again`;
	n8n.logger.warn(
		`CXone Expert webhook ${printable(id)} of "${n8n.getNode().name}" ${what}. Events of the time in between may be missing.`,
	);
}

/** Logs only the kind of our own failure: its message may quote the site. */
function logFault(n8n: ITriggerFunctions, error: unknown): void {
	const kind = error instanceof Error ? error.name : typeof error;
	n8n.logger.error(`The CXone Expert webhook of "${n8n.getNode().name}" cannot be watched (${kind})`);
}
