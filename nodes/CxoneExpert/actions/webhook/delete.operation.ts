import { deleteWebhook, getWebhook } from '../../api/webhooks';
import { type Operation, outputs } from '../core/operation';
import { unwrap } from './site-calls';
import { namedWebhook, webhook } from './webhook-field';

/** DELETE /webhooks/{id}. */
export const deleteWebhookOperation: Operation = {
	value: 'delete',
	name: 'Delete',
	action: 'Delete a webhook',
	description: 'Remove a webhook for good. To remove that of a trigger, unpublish its workflow.',
	fields: [webhook],
	async run(run) {
		const { site } = run;
		const { id, url } = await namedWebhook(run);
		unwrap(site, await deleteWebhook(site.api, id));
		// A site can answer 200 or "not found" and keep the webhook.
		if (unwrap(site, await getWebhook(site.api, id)) !== undefined) {
			return site.refuse({
				message: 'Expert answered that all is well, but the webhook is still there',
				description: 'Try again, or remove it in the Dashboard.',
			});
		}
		return outputs([{ id, url, deleted: true }]);
	},
};
