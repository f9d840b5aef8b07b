import type { StatusMessages, UserMessage } from '../../api/expert-error';
import { getWebhook, listWebhooks, NO_WEBHOOK, type Webhook } from '../../api/webhooks';
import { updateKeepingEvents } from '../../shared/update-webhook';
import { webhookItem } from '../items';
import { type Output } from '../operation';
import type { ExpertSite } from '../site';
import type { WebhookReference } from './fields';
import { outputs } from '../results';

/** The webhook that a field names; refuses when there is none, or more than one. */
export async function findWebhook(
	site: ExpertSite,
	{ id, matches }: WebhookReference,
): Promise<Webhook> {
	return await readExistingWebhook(site, id ?? (await idByUrl(site, matches)));
}

async function idByUrl(site: ExpertSite, matches: WebhookReference['matches']): Promise<string> {
	const [found, ...others] = await listWebhooks(site, { matches });
	if (found === undefined) return site.refuse(NOT_BY_URL);
	if (others.length === 0) return found.id;
	const ids = [found, ...others].map(({ id }) => id).join(', ');
	return site.refuse({
		message: `Expert has more than one webhook with this URL (IDs ${ids})`,
		description: 'Choose one of them by its ID.',
	});
}

const NOT_BY_URL: UserMessage = {
	message: 'Expert has no webhook with this URL',
	description:
		'Check the URL, including its host. Webhook > Get Many shows all webhooks of the site.',
};

/**
 * The whole webhook: entries of the list may be shortened. Its secret is redacted from now on.
 *
 * @returns `undefined` when it does not exist
 */
export async function readWebhookIfExists(
	site: ExpertSite,
	id: string,
): Promise<Webhook | undefined> {
	const webhook = await getWebhook(site, id);
	if (webhook !== undefined) site.redactFromNowOn(webhook.authorization);
	return webhook;
}

/** The whole webhook; refuses when it does not exist. */
export async function readExistingWebhook(site: ExpertSite, id: string): Promise<Webhook> {
	return (await readWebhookIfExists(site, id)) ?? site.refuse(NO_WEBHOOK);
}

/**
 * Some sites may allow enabling in the Dashboard only: the vendor describes no other way
 * (docs/vendor-facts.md#updating-a-webhook).
 */
const IN_THE_DASHBOARD =
	'Some sites allow that in the Dashboard only: ask an admin of the site to enable the webhook there.';

const NOT_ON = 'Expert did not enable the webhook';

/** What a status means when a webhook is enabled. */
export const NOT_ENABLED: StatusMessages = {
	400: { message: NOT_ON, description: IN_THE_DASHBOARD },
	403: {
		message: NOT_ON,
		description: `${IN_THE_DASHBOARD} If Expert refuses other changes, too, run the test of the CXone Expert API credential.`,
	},
};

/** Enables or disables a webhook and leaves the rest of it as it is, its events included. */
export async function setWebhookActive(
	site: ExpertSite,
	reference: WebhookReference,
	active: boolean,
): Promise<Output[]> {
	const before = await findWebhook(site, reference);
	if (before.active === active) return outputs([webhookItem(before)]);
	const wanted = { ...before, active };
	const messages = active ? NOT_ENABLED : {};
	const after = await updateKeepingEvents(site, before.id, wanted, messages);
	if (after.active === active) return outputs([webhookItem(after)]);
	return site.refuse({
		message: `Expert reported success, but the webhook is still ${active ? 'disabled' : 'enabled'}`,
		description: active ? IN_THE_DASHBOARD : 'Try again, or disable it in the Dashboard.',
	});
}
