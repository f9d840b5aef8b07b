import type { IWebhookResponseData } from 'n8n-workflow';

import type { RefusalRow } from '../../shared/delivery-figures';
import { processState, REFUSAL_ALERT_TTL_MS } from '../process-state';
import { refusalItem } from '../refusal-item';
import type { DeliveryContext } from './context';
import type { DeliveryResponse } from './n8n/response';
import { AlertRecord } from './n8n/static-data';
import { itemsToSave } from './n8n/webhook-response';

/*
 * Who cannot read n8n's log sees nothing of a refusal. So refusals that repeat make one failed
 * execution, which the workflow's error handling sees, and while the editor listens for a test event
 * each refusal ends the listening with a message. Anybody can send what is refused: in production one
 * execution an hour is all that it can lead to.
 */

/** From so many in a row on it is no accident. Expert disables a webhook after several failures, too. */
const MIN_IN_A_ROW = 10;
/** At a quiet site fewer will do when they go on for this long. */
const MIN_ROW_MS = 5 * 60_000;

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
	const isTest = n8n.getMode() === 'manual';
	const record = isTest ? undefined : alertRecordFor(refusalRow, context);
	if (!isTest && record === undefined) return undefined;
	response.interceptN8n(() => {});
	const items = n8n.helpers.returnJsonArray([refusalItem(lastRefusal, refusalRow)]);
	return itemsToSave(items, () => record?.write());
}

/** Where the alert is to be recorded; `undefined` when there is to be none. */
function alertRecordFor(
	row: RefusalRow,
	{ n8n, webhookUrl, arrivedAt, now }: DeliveryContext,
): AlertRecord | undefined {
	if (!isRepeated(row, now.wall)) return undefined;
	const { refusalAlerts } = processState;
	const alertedAt = refusalAlerts.get(webhookUrl);
	if (alertedAt !== undefined && arrivedAt - alertedAt < REFUSAL_ALERT_TTL_MS) return undefined;
	// At once: the next refusal finds it while n8n is still saving. And when another process, or one
	// that has ended, was first: it need not be looked up in static data again and again.
	refusalAlerts.set(webhookUrl, arrivedAt);
	const record = new AlertRecord(n8n, now.wall);
	return record.isWithin(REFUSAL_ALERT_TTL_MS) ? undefined : record;
}

function isRepeated({ count, since }: RefusalRow, now: number): boolean {
	return count >= MIN_IN_A_ROW || (count > 1 && now - since >= MIN_ROW_MS);
}
