import { type Advice, type StatusAdvice, WEBHOOKS_NOT_ALLOWED } from '../../shared/failure-messages';
import type { ApiResult } from '../../api/client';
import { getWebhook, type Outcome, type Webhook } from '../../api/webhooks';
import type { Expert } from '../core/site';

export const NO_WEBHOOK: Advice = {
	message: 'Expert does not have this webhook',
	description:
		'It was probably removed at the site. Choose another one, or unpublish and publish the workflow with the trigger: that registers it again.',
};

/** The value of what worked; throws what did not, in words that fit webhooks. */
export function need<T>(expert: Expert, outcome: Outcome<T>, special: StatusAdvice = {}): T {
	if (outcome.ok) return outcome.value;
	const advice = { 403: WEBHOOKS_NOT_ALLOWED, 404: NO_WEBHOOK, ...outcome.advice, ...special };
	return expert.need({ ...outcome, advice });
}

/** As {@link need}, for what gives no value. */
export function needDone(expert: Expert, result: ApiResult, special?: StatusAdvice): void {
	if (!result.ok) need(expert, result, special);
}

/** The whole webhook: entries of the list may be shortened. Its secret is hidden from now on. */
export async function readWebhook(expert: Expert, id: string): Promise<Webhook | undefined> {
	const webhook = need(expert, await getWebhook(expert.api, id));
	if (webhook !== undefined) expert.hide(webhook.authorization);
	return webhook;
}

/** A webhook that was just changed: only what the site reports afterwards counts. */
export async function readAgain(expert: Expert, id: string): Promise<Webhook> {
	return (await readWebhook(expert, id)) ?? expert.refuse(NO_WEBHOOK);
}
