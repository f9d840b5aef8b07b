import { defineOperation } from '../core/operation';
import { outputs, simplify } from '../core/results';
import { findWebhook } from './calls';
import { webhook } from './fields';
import { webhookItem } from './items';

/** GET /webhooks/{id}; by URL, the list is read first. */
export const getWebhook = defineOperation({
	value: 'get',
	name: 'Get',
	action: 'Get webhook',
	description: 'Get state, URL and events of a webhook',
	fields: { webhook, simplify },
	async run(run, fields) {
		const found = await findWebhook(run.site, fields.webhook);
		return outputs([fields.simplify ? webhookItem(found) : found.element]);
	},
});
