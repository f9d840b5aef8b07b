import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { RefusalRow } from '../../shared/delivery-figures';
import { cacheInMemory, type NodeContext, nodeKey } from '../../shared/per-node';
import { refusalItem } from '../refusal-item';
import { AlertRecord } from './alert-record';
import { type DeliveryContext, isTest } from './context';
import type { DeliveryResponse } from '../../n8n/response';
import { itemsToSave } from '../../n8n/webhook-response';

/*
 * Who cannot read n8n's log sees nothing of a refusal. So refusals that repeat make one failed
 * execution, which the workflow's error handling sees, and while the editor listens for a test event
 * the first refusal ends the listening with a message. Anybody can send what is refused: in production
 * one execution an hour is all that it can lead to.
 */

/** Refusals in production make one failed execution in this time, whatever comes. */
export const REFUSAL_ALERT_TTL_MS = 3_600_000;

/** By node, and whether in a test: when it last told of refusals; ms of the monotonic clock. */
const refusalAlerts = cacheInMemory<number>({ ttlMs: REFUSAL_ALERT_TTL_MS });

/** From so many in a row on it is no accident. Expert disables a webhook after several failures, too. */
const MIN_IN_A_ROW = 10;
/** At a quiet site fewer will do when they go on for this long. */
const MIN_ROW_MS = 5 * 60_000;

type AlertContext = NodeContext & Pick<IWebhookFunctions, 'getMode'>;

/** n8n listens for a test event for so long, and for a moment more once it has got one. */
const LISTENING_MS = 120_000;

/**
 * The item for n8n where the workflow author has to be told; the trigger's own step then fails with
 * what to do. The sender has its response already.
 */
export function refusalAlert(
	context: DeliveryContext,
	response: DeliveryResponse,
): IWebhookResponseData | undefined {
	const { n8n, figures } = context;
	const { lastRefusal, refusalRow } = figures;
	if (lastRefusal === undefined || refusalRow === undefined) return undefined;
	if (!isTest(n8n) && !isRepeated(refusalRow, context.now)) return undefined;
	if (!claimAlert(context)) return undefined;
	const record = isTest(n8n) ? undefined : new AlertRecord(n8n, context.now);
	const ageMs = record?.ageWithin(REFUSAL_ALERT_TTL_MS);
	if (ageMs !== undefined) {
		// The hour began then, not with this request.
		refusalAlerts.set(alertKey(n8n), context.arrivedAt - ageMs);
		return undefined;
	}
	response.interceptN8n(() => {});
	const items = n8n.helpers.returnJsonArray([refusalItem(lastRefusal, refusalRow)]);
	return itemsToSave(items, () => record?.write());
}

/** The editor begins to listen: what it was told before counts no more. */
export function beginListening(context: AlertContext): void {
	if (isTest(context)) refusalAlerts.delete(alertKey(context));
}

/**
 * Whether this process has told of nothing for so long. From then on it has: the next refusal comes
 * while n8n is still saving. What other processes have told, and this one before its start, is in
 * static data, which is looked at no more often.
 */
function claimAlert({ n8n, arrivedAt }: Pick<DeliveryContext, 'n8n' | 'arrivedAt'>): boolean {
	const key = alertKey(n8n);
	const intervalMs = isTest(n8n) ? LISTENING_MS : REFUSAL_ALERT_TTL_MS;
	const alertedAt = refusalAlerts.get(key);
	if (alertedAt !== undefined && arrivedAt - alertedAt < intervalMs) return false;
	refusalAlerts.set(key, arrivedAt);
	return true;
}

/** A test and production of one node tell apart from each other. */
function alertKey(context: AlertContext): string {
	return nodeKey(context, isTest(context));
}

/** A row begins with a refusal: at its first one it is no time old. */
function isRepeated({ count, since }: RefusalRow, now: number): boolean {
	return count >= MIN_IN_A_ROW || now - since >= MIN_ROW_MS;
}
