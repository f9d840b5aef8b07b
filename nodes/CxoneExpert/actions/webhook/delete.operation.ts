import * as webhooks from '../../api/webhooks';
import { refuse } from '../../parameters/field';
import { defineOperation } from '../core/operation';
import { outputs } from '../core/results';
import { findWebhook } from './calls';
import { webhook } from './fields';

/** DELETE /webhooks/{id}. */
export const deleteWebhook = defineOperation({
	value: 'delete',
	name: 'Delete',
	action: 'Delete webhook',
	description: 'Delete a webhook permanently. To remove the webhook of a trigger, unpublish its workflow.',
	fields: { webhook },
	async run(run, fields) {
		const { site } = run;
		const { id, url } = await findWebhook(site, fields.webhook);
		await webhooks.deleteWebhook(site, id);
		// Sites can respond 200 or "not found" and keep the webhook.
		if ((await webhooks.getWebhook(site, id)) !== undefined) {
			return refuse({
				message: 'Expert reported success, but the webhook is still there',
				description: 'Try again, or remove it in the Dashboard.',
			});
		}
		return outputs([{ id, url, deleted: true }]);
	},
});
