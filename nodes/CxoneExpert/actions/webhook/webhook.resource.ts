import type { Resource } from '../core/operation';
import { addEvents } from './add-event.operation';
import { checkHealth } from './check-health.operation';
import { deleteWebhookOperation } from './delete.operation';
import { disableWebhook } from './disable.operation';
import { enableWebhook } from './enable.operation';
import { getWebhookOperation } from './get.operation';
import { getManyWebhooks } from './get-many.operation';
import { removeEvents } from './remove-event.operation';
import { updateWebhookOperation } from './update.operation';

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
