import type { IWebhookFunctions } from 'n8n-workflow';

import { DeliveryFigures, figuresOf } from '../../shared/delivery-figures';
import { readParameters, type TriggerParameters } from '../parameters';
import { addressOf } from '../publish/address';
import { RESPONSE_DEADLINE_MS } from './deadline';

/** One request at one node at one moment: what every step of the journey may look at. */
export interface DeliveryContext {
	n8n: IWebhookFunctions;
	request: ReturnType<IWebhookFunctions['getRequestObject']>;
	parameters: TriggerParameters;
	/** When the request arrived; unix ms. */
	now: number;
	/** When the request arrived, in ms of the monotonic clock. */
	arrivedAt: number;
	/** When the sender has its response at the latest, in ms of the monotonic clock. */
	deadline: number;
	/** The address that n8n serves for this node: in a test, that of the test. */
	webhookUrl: string;
	/** What this process has seen of the deliveries to that address. A test has figures of its own. */
	figures: DeliveryFigures;
}

/** @throws when n8n has no webhook address for the node: Expert is told to retry */
export function openContext(n8n: IWebhookFunctions, arrivedAt: number): DeliveryContext {
	// In a test n8n gives that of production.
	const testUrl = isTest(n8n) ? addressOf(n8n).testUrl : undefined;
	const webhookUrl = testUrl ?? n8n.getNodeWebhookUrl('default');
	if (webhookUrl === undefined) throw new RangeError('no webhook address');
	return {
		n8n,
		request: n8n.getRequestObject(),
		parameters: readParameters(n8n),
		now: Date.now(),
		arrivedAt,
		deadline: arrivedAt + RESPONSE_DEADLINE_MS,
		webhookUrl,
		figures: isTest(n8n) ? new DeliveryFigures(Date.now()) : figuresOf(webhookUrl),
	};
}

/** "Listen for test event": nothing of it is remembered. */
export function isTest(n8n: Pick<IWebhookFunctions, 'getMode'>): boolean {
	return n8n.getMode() === 'manual';
}
