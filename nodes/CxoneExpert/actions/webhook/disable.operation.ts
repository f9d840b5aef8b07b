import { defineOperation } from '../core/operation';
import { setWebhookActive } from './calls';
import { webhook } from './fields';

/** PUT /webhooks/{id} with active=false, unless it is off. */
export const disableWebhook = defineOperation({
	value: 'disable',
	name: 'Disable',
	action: 'Disable webhook',
	description: 'Disable a webhook. What happens meanwhile is never delivered.',
	fields: { webhook },
	async run(run, fields) {
		return await setWebhookActive(run.site, fields.webhook, false);
	},
});
