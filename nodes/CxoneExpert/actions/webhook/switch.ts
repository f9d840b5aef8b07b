import type { ApiFailure } from '../../api/failure';
import { updateKeepingEvents } from '../../shared/update-webhook';
import { type Output, outputs } from '../core/operation';
import type { OperationContext } from '../core/operation-context';
import { unwrap } from './site-calls';
import { namedWebhook } from './webhook-field';
import { webhookItem } from './webhook-item';

/** Some sites may allow it in the Dashboard only: the vendor describes no other way. */
const IN_THE_DASHBOARD =
	'Some sites allow that in the Dashboard only: ask an admin of the site to switch the webhook on there.';

const NOT_ON = 'Expert did not switch the webhook on';

/** What a refusal to switch a webhook on means. */
export const NOT_SWITCHED_ON = {
	400: { message: NOT_ON, description: IN_THE_DASHBOARD },
	403: {
		message: NOT_ON,
		description: `${IN_THE_DASHBOARD} If other changes are refused, too, run the test of the CXone Expert API credential.`,
	},
};

/** Whether the update itself failed, not what had to be done after it. */
export function isRefusedUpdate({ task }: ApiFailure): boolean {
	return task === 'update-webhook';
}

/** Switches a webhook on or off and leaves the rest of it as it is, its events, too. */
export async function switchWebhook(run: OperationContext, active: boolean): Promise<Output[]> {
	const { site } = run;
	const before = await namedWebhook(run);
	if (before.active === active) return outputs([webhookItem(before)]);
	const wanted = { ...before, active };
	const updated = await updateKeepingEvents(site.api, before.id, wanted);
	const isRefused = active && !updated.ok && isRefusedUpdate(updated.failure);
	const after = unwrap(site, updated, isRefused ? NOT_SWITCHED_ON : {});
	if (after.active === active) return outputs([webhookItem(after)]);
	return site.refuse({
		message: `Expert answered that all is well, but the webhook is still ${active ? 'off' : 'on'}`,
		description: active ? IN_THE_DASHBOARD : 'Try again, or switch it off in the Dashboard.',
	});
}
