import { optionsField } from '../../field';
import { defineOperation } from '../../operation';
import { findWebhook } from '../calls';
import { webhook } from '../fields';
import { expectedAuthorization, urlHere, webhookUrl } from '../this-n8n';
import { addressFault, deliveryFault, proofFault } from './faults';
import { testReport } from './report';
import { askForTrigger, sendTest } from './send';
import { outputs } from '../../results';

/** GET /webhooks/{id}, then a delivery to the trigger as Expert would send it; it starts nothing. */
export const sendTestDelivery = defineOperation({
	value: 'sendTestDelivery',
	name: 'Send Test Delivery',
	action: 'Send test delivery to webhook',
	description: 'Try whether deliveries reach a trigger of this n8n. Starts no workflow.',
	fields: { webhook, options: optionsField({ webhookUrl }) },
	async run(run, fields) {
		const { site, n8n } = run;
		const found = await findWebhook(site, fields.webhook);
		const url = urlHere(run, found.url, fields.options.webhookUrl);
		const authorization = expectedAuthorization(site, url);
		const about = { webhook: found, authorization };
		const unreachable = addressFault(url, site.origin);
		if (unreachable !== undefined) return outputs([testReport({ ...about, fault: unreachable })]);
		const asked = await askForTrigger(n8n, url, site.credential);
		const unproven = proofFault(asked);
		if (unproven !== undefined) {
			return outputs([testReport({ ...about, outcome: asked, fault: unproven })]);
		}
		const signingSecret = site.credential.signingSecret?.trim() || undefined;
		const outcome = await sendTest(n8n, { url, authorization, signingSecret });
		const fault = deliveryFault(outcome, signingSecret !== undefined);
		return outputs([testReport({ ...about, outcome, fault })]);
	},
});
