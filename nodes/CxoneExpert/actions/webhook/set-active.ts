import type { ApiFailure } from '../../api/failure';
import { updateKeepingEvents } from '../../shared/update-webhook';
import { type Output, outputs } from '../core/operation';
import type { ExpertSite } from '../core/site';
import { findWebhook, unwrap } from './calls';
import type { WebhookReference } from './fields';
import { webhookItem } from './items';

/**
 * Some sites may allow enabling in the Dashboard only: the vendor describes no other way
 * (docs/vendor-facts.md#updating-a-webhook).
 */
const IN_THE_DASHBOARD =
	'Some sites allow that in the Dashboard only: ask an admin of the site to enable the webhook there.';

const NOT_ON = 'Expert did not enable the webhook';

/** What a status means when a webhook is enabled. */
export const NOT_ENABLED = {
	400: { message: NOT_ON, description: IN_THE_DASHBOARD },
	403: {
		message: NOT_ON,
		description: `${IN_THE_DASHBOARD} If Expert refuses other changes, too, run the test of the CXone Expert API credential.`,
	},
};

/** Whether the update itself failed, not the calls that follow it. */
export function isRefusedUpdate({ task }: ApiFailure): boolean {
	return task === 'update-webhook';
}

/** Enables or disables a webhook and leaves the rest of it as it is, its events included. */
export async function setWebhookActive(
	site: ExpertSite,
	reference: WebhookReference,
	active: boolean,
): Promise<Output[]> {
	const before = await findWebhook(site, reference);
	if (before.active === active) return outputs([webhookItem(before)]);
	const wanted = { ...before, active };
	const updated = await updateKeepingEvents(site.api, before.id, wanted);
	const isRefused = active && !updated.ok && isRefusedUpdate(updated.failure);
	const after = unwrap(site, updated, isRefused ? NOT_ENABLED : {});
	if (after.active === active) return outputs([webhookItem(after)]);
	return site.refuse({
		message: `Expert reported success, but the webhook is still ${active ? 'disabled' : 'enabled'}`,
		description: active ? IN_THE_DASHBOARD : 'Try again, or disable it in the Dashboard.',
	});
}
