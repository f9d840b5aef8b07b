import { createHash } from 'node:crypto';

import type { CronExpression, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { printable } from '../../api/redact';
import { disabledText } from '../../api/webhooks';
import { nodeKey } from '../../memory';
import { isTest, readParameters } from '../parameters';
import { addressOf, isStart, lastRegistration } from '../node/address';
import type { SyncResult } from '../../api/webhook-sync';
import { check, checkDeliveries, checkPaths, Watch } from './check';
import { reportExpiry } from './expiry';
import { dropOldLooks } from '../changes/look';
import { Recovery } from './recover';
import { injectKnowledge, readRecord, readStoredWatch } from '../node/stored';

const MINUTE_MS = 60_000;
/** A tick may come a little early by the monotonic clock, and must not be left out for that. */
const TICK_TOLERANCE_MS = 1000;

/**
 * What n8n calls beside the publishing of the webhook, at each start of n8n, too: looks now and then
 * whether the webhook is whole, and repairs it.
 *
 * It returns at once, never throws, and always returns an object: n8n would take back the publication,
 * or publish again every ten seconds. The ticks are n8n's own: they end with the publication, and come
 * in the leading main process only. In a test there is no watch.
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
	learnRegisteredUrl(n8n);
	const stored = readStoredWatch(n8n);
	readRecord(n8n, Date.now());
	const tick = onTick(watch);
	injectKnowledge(n8n, stored);
	n8n.helpers.registerCron({ expression: ticksOf(watch) }, async () => {
		// Again: `create` works on the same copy and writes over it.
		injectKnowledge(n8n, stored);
		await tick();
	});
	return {
		// Nothing else: n8n waits for it, also when it ends.
		closeFunction: async () => {
			watch.isClosed = true;
		},
	};
}

/**
 * At the start of n8n the stored address is as new as can be. Otherwise `create` may be at work at the
 * same time, and what this process knows is newer.
 */
function learnRegisteredUrl(n8n: ITriggerFunctions): void {
	const address = addressOf(n8n);
	const stored = readStoredWatch(n8n).registeredUrl;
	const known = address.registeredUrl;
	const registeredUrl = isStart(n8n) ? (stored ?? known) : (known ?? stored);
	if (registeredUrl !== undefined) address.registeredUrl = registeredUrl;
}

/** Each minute, at a second that differs between nodes, or as often as the workflow author wants a check. */
function ticksOf(watch: Watch): CronExpression {
	const { checkEveryMs } = watch.parameters;
	if (checkEveryMs < MINUTE_MS) return `*/${Math.floor(checkEveryMs / 1000)} * * * * *`;
	return `${Math.floor(phaseOf(watch) / 1000) % 60} * * * * *`;
}

/** Ms of the interval between checks: it differs between nodes, so that not all ask the site at the same moment. */
function phaseOf({ n8n, parameters: { checkEveryMs } }: Watch): number {
	const hash = createHash('sha256').update(nodeKey(n8n)).digest().readUInt32BE(0);
	return (hash / 2 ** 32) * checkEveryMs;
}

/**
 * The first tick checks: after a start of n8n that is the first moment at which anything can be done. All nodes do so
 * in one minute. The second check comes sooner than the others, as the phase says, and parts them.
 */
function onTick(watch: Watch): () => Promise<void> {
	const { checkEveryMs } = watch.parameters;
	const recovery = new Recovery(watch);
	let lastAt = -Infinity;
	let sooner = Math.floor(phaseOf(watch) / MINUTE_MS) * MINUTE_MS;
	let isBusy = false;
	return async () => {
		const { served } = addressOf(watch.n8n);
		dropOldSearches();
		const isDue = performance.now() - lastAt >= checkEveryMs - TICK_TOLERANCE_MS;
		if (served === undefined || watch.isClosed || isBusy || !isDue) return;
		isBusy = true;
		lastAt = performance.now() - sooner;
		sooner = 0;
		try {
			const found = await check(watch, served).finally(() => (isBusy = false));
			if (found.done !== undefined) logRepair(watch.n8n, found.done);
			const isCopy = lastRegistration(watch.n8n, served.url) === 'elsewhere';
			watch.alerts.report('webhook', found, isCopy);
			if (found.finding === 'fine') {
				watch.alerts.report('deliveries', checkDeliveries(watch, served));
				watch.alerts.report('paths', checkPaths(watch, served), isCopy);
			}
			if (found.finding !== 'stopped') await reportExpiry(watch.n8n, watch.alerts, isCopy);
			// It takes as long as its executions do, and the next check does not wait for it.
			await recovery.after(found, served);
		} catch (error) {
			logFault(watch.n8n, error);
		}
	};
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

/** A failure of our own. Its message may hold what the site has said, so only its kind is logged. */
function logFault(n8n: ITriggerFunctions, error: unknown): void {
	const kind = error instanceof Error ? error.name : typeof error;
	n8n.logger.error(
		`The CXone Expert webhook of "${n8n.getNode().name}" cannot be watched (${kind})`,
	);
}
