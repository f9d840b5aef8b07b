import { createHash } from 'node:crypto';

import {
	type CronExpression,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeOperationError,
} from 'n8n-workflow';

import { counted } from '../../shared/counted';
import { figuresOf } from '../../shared/delivery-figures';
import { disabledText } from '../../shared/disabled-webhook';
import { oneAtATime } from '../../shared/one-at-a-time';
import { readParameters } from '../parameters';
import { nodeKey } from '../../shared/per-node';
import { addressOf, type ServedAddress } from '../publish/address';
import { isStart } from '../publish/address';
import { type Alert, alertOn, type AlertState, NOTHING_REPORTED } from './alerts';
import { NEVER_ENABLED } from './back-off';
import { check } from './check';
import { withOpenGap } from './gap';
import { NO_FAILURES } from './keeps-disabling';
import { recover } from './recover';
import type { CheckOutcome, CheckReport, CouldNotAsk } from './report';
import { readLedger } from '../ledger/node-ledger';
import { injectKnowledge, readStoredWatch, withStoredChanges } from './stored';
import type { Watch } from './watch';

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
	if (this.getMode() === 'manual') return {};
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
	const watch: Watch = {
		n8n,
		parameters,
		isClosed: false,
		backOff: NEVER_ENABLED,
		failuresBefore: NO_FAILURES,
		alerts: NOTHING_REPORTED,
		recoveryAlerts: NOTHING_REPORTED,
		archiveAlerts: NOTHING_REPORTED,
	};
	learnRegisteredUrl(n8n);
	if (isStart(n8n) && parameters.recoverMissedChanges) expectGap(n8n);
	const stored = readStoredWatch(n8n);
	readLedger(n8n, Date.now());
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

/** Nobody knows what has happened while n8n was away. */
function expectGap(n8n: ITriggerFunctions): void {
	const changes = withStoredChanges(n8n);
	if (changes.progress !== undefined) changes.progress = withOpenGap(changes.progress);
}

/**
 * Each minute, or as often as the workflow author wants a check; at a second that differs between nodes,
 * so that not all ask the site at the same moment.
 */
function ticksOf({ n8n, parameters: { checkEveryMs } }: Watch): CronExpression {
	if (checkEveryMs < MINUTE_MS) return `*/${Math.floor(checkEveryMs / 1000)} * * * * *`;
	const second = createHash('sha256').update(nodeKey(n8n)).digest().readUInt16BE(0) % 60;
	return `${second} * * * * *`;
}

/** The first tick checks: after a start of n8n that is the first moment at which anything can be done. */
function onTick(watch: Watch): () => Promise<void> {
	const { checkEveryMs } = watch.parameters;
	let lastAt = -Infinity;
	let isBusy = false;
	return async () => {
		const { served } = addressOf(watch.n8n);
		const isDue = performance.now() - lastAt >= checkEveryMs - TICK_TOLERANCE_MS;
		if (served === undefined || watch.isClosed || isBusy || !isDue) return;
		isBusy = true;
		lastAt = performance.now();
		const checked = oneAtATime(served.url, async () => await check(watch, served));
		try {
			const report = await checked.finally(() => (isBusy = false));
			say(watch, report);
			await recoverAfter(watch, served, report);
		} catch (error) {
			logFault(watch.n8n, error);
		}
	};
}

/** It takes as long as its executions do, and the next check does not wait for it. */
async function recoverAfter(
	watch: Watch,
	served: ServedAddress,
	report: CheckReport,
): Promise<void> {
	const recovery = await recover(watch, served, report);
	if (recovery === undefined) return;
	const { n8n } = watch;
	if (recovery.started > 0) {
		figuresOf(served.url).count('recovered', recovery.started);
		const rest = recovery.leftFrom === undefined ? '' : ' More follow with the next check.';
		const changes = counted(recovery.started, 'change', 'changes');
		n8n.logger.info(
			`CXone Expert: "${n8n.getNode().name}" has started the workflow for ${changes} of which it knew no delivery.${rest}`,
		);
	}
	const { failure, archiveRefusal } = recovery;
	watch.recoveryAlerts = sayOfRecovery(n8n, 'changes', failure, watch.recoveryAlerts);
	// Whether the site refuses its archive is not known then.
	if (failure !== undefined) return;
	watch.archiveAlerts = sayOfRecovery(n8n, 'deletions', archiveRefusal, watch.archiveAlerts);
}

/** @returns what people were told by then */
function sayOfRecovery(
	n8n: ITriggerFunctions,
	what: 'changes' | 'deletions',
	problem: CouldNotAsk | undefined,
	before: AlertState,
): AlertState {
	const { state, alert } = alertOn(problem ?? { kind: 'up to date' }, before);
	if (alert === undefined) return state;
	const message = `Missed ${what} cannot be recovered for now: ${alert.message.message}`;
	raise(n8n, { ...alert, message: { ...alert.message, message } }, 'recovery');
	return state;
}

function say(watch: Watch, { outcome, registered }: CheckReport): void {
	const { n8n } = watch;
	if (outcome.kind === 'repaired') logRepair(n8n, outcome);
	const wasReported = watch.alerts.reported.length > 0;
	const { state, alert } = alertOn(outcome, watch.alerts);
	watch.alerts = state;
	if (alert !== undefined) {
		// A copy of n8n is no reason to alert anybody. Where no address is stored, it may be none.
		raise(n8n, { ...alert, failsExecution: alert.failsExecution && registered !== 'elsewhere' });
	}
	if (wasReported && outcome.kind === 'up to date') {
		n8n.logger.info(`The CXone Expert webhook of "${n8n.getNode().name}" is up to date again`);
	}
}

function logRepair(
	n8n: ITriggerFunctions,
	{ done }: Extract<CheckOutcome, { kind: 'repaired' }>,
): void {
	const { id, created, wasDisabled } = done;
	const what = created
		? 'was not at the site any more and is registered again'
		: wasDisabled === undefined
			? 'did not match the workflow or its credential and is as it should be again'
			: `${disabledText(wasDisabled)} and is enabled again`;
	n8n.logger.warn(
		`CXone Expert webhook ${id} of "${n8n.getNode().name}" ${what}. Events of the time in between may be missing.`,
	);
}

function raise(
	n8n: ITriggerFunctions,
	{ message, failsExecution }: Alert,
	subject: 'webhook' | 'recovery' = 'webhook',
): void {
	const node = n8n.getNode();
	const { message: what, description } = message;
	n8n.logger.warn(`CXone Expert ${subject} of "${node.name}": ${what}. ${description}`);
	if (failsExecution) {
		n8n.saveFailedExecution(new NodeOperationError(node, what, { description }));
	}
}

/** A failure of our own. Its message may hold what the site has said, so only its kind is logged. */
function logFault(n8n: ITriggerFunctions, error: unknown): void {
	const kind = error instanceof Error ? error.name : typeof error;
	n8n.logger.error(
		`The CXone Expert webhook of "${n8n.getNode().name}" cannot be watched (${kind})`,
	);
}
