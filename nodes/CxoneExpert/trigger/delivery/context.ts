import type { IWebhookFunctions } from 'n8n-workflow';

import { DeliveryFigures, figuresOf } from '../../metrics/delivery-figures';
import { isTest, readParameters, type TriggerParameters } from '../parameters';
import { addressOf } from '../state/address';
import type { DeliveryResponse } from './response';

/** One request at one node. Every step of a delivery gets it. */
export interface DeliveryContext {
	n8n: IWebhookFunctions;
	request: ReturnType<IWebhookFunctions['getRequestObject']>;
	response: DeliveryResponse;
	parameters: TriggerParameters;
	/** When n8n called the node; unix ms. */
	receivedAt: number;
	/** The URL that n8n serves for this node; in a test, the test URL. */
	webhookUrl: string;
	/** Figures of the deliveries to that URL. A test has its own. */
	figures: DeliveryFigures;
}

/** @throws if n8n has no webhook URL for the node, so that Expert is told to retry */
export function contextOf(n8n: IWebhookFunctions, response: DeliveryResponse): DeliveryContext {
	const receivedAt = Date.now();
	// n8n returns the production URL in a test, too.
	const testUrl = isTest(n8n) ? addressOf(n8n).testUrl : undefined;
	const webhookUrl = testUrl ?? n8n.getNodeWebhookUrl('default');
	if (webhookUrl === undefined) throw new RangeError('no webhook address');
	const figures = isTest(n8n) ? new DeliveryFigures(receivedAt) : figuresOf(webhookUrl);
	response.countIn(figures);
	const request = n8n.getRequestObject();
	return { n8n, request, response, parameters: readParameters(n8n), receivedAt, webhookUrl, figures };
}
