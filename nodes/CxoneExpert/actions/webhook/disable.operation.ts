import type { Operation } from '../core/operation';
import { switchWebhook } from './switch';
import { webhook } from './webhook-field';

/** PUT /webhooks/{id} with active=false; nothing is sent when it is off already. */
export const disableWebhook: Operation = {
	value: 'disable',
	name: 'Disable',
	action: 'Disable a webhook',
	description:
		'Switch a webhook off. Expert delivers nothing to it until it is on again, and nothing of the time between.',
	fields: [webhook],
	async run(run) {
		return await switchWebhook(run, false);
	},
};
