import type { Operation } from '../core/operation';
import { switchWebhook } from './switch';
import { webhook } from './webhook-field';

/** PUT /webhooks/{id} with active=true; nothing is sent when it is on already. */
export const enableWebhook: Operation = {
	value: 'enable',
	name: 'Enable',
	action: 'Enable a webhook',
	description: 'Switch a webhook on. What happened while it was off is not delivered later.',
	fields: [webhook],
	async run(run) {
		return await switchWebhook(run, true);
	},
};
