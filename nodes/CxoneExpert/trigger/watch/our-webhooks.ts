import type { ApiClient } from '../../api/client';
import { type Result, success } from '../../api/result';
import { getWebhook, type Webhook } from '../../api/webhooks';
import { type DesiredWebhook, findWebhooks } from '../../shared/webhook-sync';
import { isAsDesired } from './verdict';

/** The webhooks with our address. Entries of the list may be shortened: one that differs is read whole. */
export async function readOurWebhooks(
	api: ApiClient,
	desired: DesiredWebhook,
): Promise<Result<Webhook[]>> {
	const listed = await findWebhooks(api, desired.url);
	if (!listed.ok) return listed;
	const [first, ...others] = listed.value;
	if (first === undefined || others.length > 0 || isAsDesired(first, desired)) return listed;
	const whole = await getWebhook(api, first.id);
	if (!whole.ok) return whole;
	return success(whole.value === undefined ? [] : [whole.value]);
}
