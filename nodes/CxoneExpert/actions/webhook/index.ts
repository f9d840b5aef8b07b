import type { Resource } from '../operation';
import { addEvents } from './add-event';
import { checkHealth } from './check-health';
import { deleteWebhookOperation } from './delete';
import { disableWebhook } from './disable';
import { enableWebhook } from './enable';
import { getWebhookOperation } from './get';
import { getManyWebhooks } from './get-many';
import { removeEvents } from './remove-event';
import { updateWebhookOperation } from './update';

export const webhookResource: Resource = {
	value: 'webhook',
	name: 'Webhook',
	description: 'A webhook of the site: to whom Expert reports what happens',
	operations: [
		addEvents,
		checkHealth,
		deleteWebhookOperation,
		disableWebhook,
		enableWebhook,
		getWebhookOperation,
		getManyWebhooks,
		removeEvents,
		updateWebhookOperation,
	],
};
