import { defineOperation } from '../core/operation';
import { webhook } from './fields';
import { setWebhookActive } from './set-active';

/** PUT /webhooks/{id} with active=true; nothing is sent when it is on already. */
export const enableWebhook = defineOperation({
	value: 'enable',
	name: 'Enable',
	action: 'Enable webhook',
	description:
		'Enable a webhook. Events that happened while it was disabled are not delivered later.',
	fields: { webhook },
	async run(run, fields) {
		return await setWebhookActive(run.site, run.read(fields.webhook), true);
	},
});
