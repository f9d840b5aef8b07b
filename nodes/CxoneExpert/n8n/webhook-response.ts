import type { INodeExecutionData, IWebhookResponseData } from 'n8n-workflow';

/*
 * Relies on: in the response mode `onReceived`, n8n reads `webhookResponse` of `webhook()`'s result
 * after saving the execution and before saving static data. Earlier changes to static data are not
 * saved once the column holds something.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: n8n's response says that the execution is saved,
 * the record of the delivery is saved with the next one, and the log says so once.
 *
 * Look first at: `webhook-helpers`: `webhookResponse` between saving the execution and saving
 * static data.
 */

/**
 * Items for n8n, with a callback between saving the execution and saving static data: the only
 * moment when a record of this delivery is both true and still saved.
 */
export function itemsToSave(items: INodeExecutionData[], onExecutionSaved: () => void): IWebhookResponseData {
	return {
		workflowData: [items],
		get webhookResponse() {
			onExecutionSaved();
			return '';
		},
	};
}
