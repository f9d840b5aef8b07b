import { optionsField } from '../../../parameters/field';
import { defineOperation, type OperationContext } from '../../core/operation';
import { outputs } from '../../core/results';
import { findWebhook } from '../calls';
import { webhook } from '../fields';
import { expectedAuthorization, urlHere, webhookUrl } from '../own-address';
import { addressFault, deliveryFault, proofFault } from './faults';
import { testReport, type TestResult } from './report';
import { askForTrigger, sendTest } from './send';

/** GET /webhooks/{id}, then a delivery to the trigger as Expert sends it; it starts nothing. */
export const sendTestDelivery = defineOperation({
	value: 'sendTestDelivery',
	name: 'Send Test Delivery',
	action: 'Send test delivery to webhook',
	description: 'Check whether deliveries reach a trigger of this n8n. Starts no workflow.',
	fields: { webhook, options: optionsField({ webhookUrl }) },
	async run(run, fields) {
		const found = await findWebhook(run.site, fields.webhook);
		const url = urlHere(run, found.url, fields.options.webhookUrl);
		const authorization = expectedAuthorization(run.site, url);
		const result = await tryStages(run, url, authorization);
		return outputs([testReport({ webhook: found, authorization, ...result })]);
	},
});

/** Sends the token only where a trigger has proved that it is there. */
async function tryStages({ site, n8n }: OperationContext, url: string, authorization: string): Promise<TestResult> {
	const unreachable = addressFault(url, site.origin);
	if (unreachable !== undefined) return { fault: unreachable };
	const asked = await askForTrigger(n8n, url, site.credential);
	const unproven = proofFault(asked);
	if (unproven !== undefined) return { outcome: asked, fault: unproven };
	const signingSecret = site.credential.signingSecret?.trim() || undefined;
	const outcome = await sendTest(n8n, { url, authorization, signingSecret });
	return { outcome, fault: deliveryFault(outcome, signingSecret !== undefined) };
}
