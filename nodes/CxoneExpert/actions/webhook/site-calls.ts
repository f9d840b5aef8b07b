import type { ApiFailure } from '../../api/failure';
import type { Result } from '../../api/result';
import { getWebhook, type Webhook } from '../../api/webhooks';
import {
	type StatusMessages,
	type UserMessage,
	WEBHOOKS_NOT_ALLOWED,
} from '../../shared/failure-messages';
import type { ExpertSite } from '../core/site';

export const NO_WEBHOOK: UserMessage = {
	message: 'Expert does not have this webhook',
	description:
		'It was probably removed at the site. Choose another one, or unpublish and publish the workflow with the trigger: that registers it again.',
};

/** The value of what worked; throws what did not, in words that fit webhooks. */
export function unwrap<T>(site: ExpertSite, result: Result<T>, special: StatusMessages = {}): T {
	return result.ok ? result.value : fail(site, result.failure, special);
}

/** Throws what did not work, in words that fit webhooks. */
export function fail(site: ExpertSite, failure: ApiFailure, special: StatusMessages = {}): never {
	const messages = { 403: WEBHOOKS_NOT_ALLOWED, 404: NO_WEBHOOK, ...special };
	return site.fail(failure, { messages });
}

/** The whole webhook: entries of the list may be shortened. Its secret is redacted from now on. */
export async function readWebhook(site: ExpertSite, id: string): Promise<Webhook | undefined> {
	const webhook = unwrap(site, await getWebhook(site.api, id));
	if (webhook !== undefined) site.redactFromNowOn(webhook.authorization);
	return webhook;
}

/** A webhook that was just changed: only what the site reports afterwards counts. */
export async function readAgain(site: ExpertSite, id: string): Promise<Webhook> {
	return (await readWebhook(site, id)) ?? site.refuse(NO_WEBHOOK);
}
