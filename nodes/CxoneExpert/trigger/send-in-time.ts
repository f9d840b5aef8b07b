import type {
	IExecuteFunctions,
	IHookFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import type { HttpResponse, Send } from '../api/client';
import { sendFromNode } from '../api/http';
import { beforeDeadline } from './delivery/deadline';

/**
 * Sends through n8n with the node's credential, and gives up in time whatever the site does. n8n's own
 * timeout starts anew with each byte: a site that trickles would hold up publishing and unpublishing,
 * executions and the watch.
 */
export function sendInTime(
	context: IExecuteFunctions | IHookFunctions | ITriggerFunctions | IWebhookFunctions,
	siteUrl: string | undefined,
): Send {
	const send = sendFromNode(context, siteUrl);
	return async (call, timeoutMs) => {
		const end = performance.now() + timeoutMs;
		return (await beforeDeadline(end, send(call, timeoutMs))) ?? TIMED_OUT;
	};
}

const TIMED_OUT: HttpResponse = { status: 0, headers: {}, body: '', networkCode: 'ETIMEDOUT' };
