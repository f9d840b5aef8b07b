import {
	type UserMessage,
	type StatusMessages,
	WEBHOOKS_NOT_ALLOWED,
} from '../../shared/failure-messages';
import type { ApiResult } from '../../api/client';
import { getWebhook, type Outcome, type Webhook } from '../../api/webhooks';
import type { ExpertSite } from '../core/site';

export const NO_WEBHOOK: UserMessage = {
	message: 'Expert does not have this webhook',
	description:
		'It was probably removed at the site. Choose another one, or unpublish and publish the workflow with the trigger: that registers it again.',
};

/** The value of what worked; throws what did not, in words that fit webhooks. */
export function unwrap<T>(site: ExpertSite, outcome: Outcome<T>, special: StatusMessages = {}): T {
	if (outcome.ok) return outcome.value;
	const messages = { 403: WEBHOOKS_NOT_ALLOWED, 404: NO_WEBHOOK, ...outcome.messages, ...special };
	return site.unwrap({ ...outcome, messages });
}

/** As {@link unwrap}, for what gives no value. */
export function assertDone(site: ExpertSite, result: ApiResult, special?: StatusMessages): void {
	if (!result.ok) unwrap(site, result, special);
}

/** The whole webhook: entries of the list may be shortened. Its secret is hidden from now on. */
export async function readWebhook(site: ExpertSite, id: string): Promise<Webhook | undefined> {
	const webhook = unwrap(site, await getWebhook(site.api, id));
	if (webhook !== undefined) site.redactFromNowOn(webhook.authorization);
	return webhook;
}

/** A webhook that was just changed: only what the site reports afterwards counts. */
export async function readAgain(site: ExpertSite, id: string): Promise<Webhook> {
	return (await readWebhook(site, id)) ?? site.refuse(NO_WEBHOOK);
}
