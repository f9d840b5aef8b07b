import { simplify } from '../input/fields';
import { type Operation, outputs } from '../core/operation';
import { namedWebhook, webhook } from './webhook-field';
import { webhookItem } from './webhook-item';

/** GET /webhooks/{id}; by URL the list is read first. */
export const getWebhookOperation: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get a webhook',
	description: 'Get state, URL and events of a webhook',
	fields: [webhook, simplify],
	async run(run) {
		const found = await namedWebhook(run);
		return outputs([run.flag('simplify') ? webhookItem(found) : found.element]);
	},
};
