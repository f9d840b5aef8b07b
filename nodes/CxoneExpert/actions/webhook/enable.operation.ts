import { defineOperation } from '../core/operation';
import { setWebhookActive } from './calls';
import { webhook } from './fields';

/** PUT /webhooks/{id} with active=true, unless it is on. */
export const enableWebhook = defineOperation({
	value: 'enable',
	name: 'Enable',
	action: 'Enable webhook',
	description: 'Enable a webhook. Events that happened while it was disabled are not delivered later.',
	fields: { webhook },
	async run(run, fields) {
		return await setWebhookActive(run.site, fields.webhook, true);
	},
});
