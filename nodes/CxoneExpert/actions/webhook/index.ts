import type { Resource } from '../core/resource';
import { addWebhookEvents } from './add-event.operation';
import { deleteWebhook } from './delete.operation';
import { disableWebhook } from './disable.operation';
import { enableWebhook } from './enable.operation';
import { searchWebhooks } from './fields';
import { getManyWebhooks } from './get-many.operation';
import { getWebhook } from './get.operation';
import { checkWebhookHealth } from './health/check-health.operation';
import { removeWebhookEvents } from './remove-event.operation';
import { sendTestDelivery } from './test-delivery/send-test-delivery.operation';

export const webhookResource: Resource = {
	value: 'webhook',
	name: 'Webhook',
	description: 'A webhook at the site: where Expert sends its events',
	operations: [
		addWebhookEvents,
		checkWebhookHealth,
		deleteWebhook,
		disableWebhook,
		enableWebhook,
		getWebhook,
		getManyWebhooks,
		removeWebhookEvents,
		sendTestDelivery,
	],
	lists: { searchWebhooks },
};
