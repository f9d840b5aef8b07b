import type { StatusMessages, UserMessage } from '../../api/expert-error';
import { updateKeepingEvents } from '../../api/webhook-sync';
import {
	type addEvent,
	assertEventsShown,
	getWebhook,
	listWebhooks,
	NO_WEBHOOK,
	type Webhook,
} from '../../api/webhooks';
import { refuse } from '../../parameters/field';
import type { Output } from '../core/operation';
import { outputs } from '../core/results';
import type { ExpertSite } from '../../api/expert-site';
import type { WebhookReference } from './fields';
import { webhookItem } from './items';

/** Refuses if there is none, or more than one. */
export async function findWebhook(site: ExpertSite, { id, matches }: WebhookReference): Promise<Webhook> {
	return await readExistingWebhook(site, id ?? (await idByUrl(site, matches)));
}

async function idByUrl(site: ExpertSite, matches: WebhookReference['matches']): Promise<string> {
	const [found, ...others] = await listWebhooks(site, { matches });
	if (found === undefined) return refuse(NOT_BY_URL);
	if (others.length === 0) return found.id;
	const ids = [found, ...others].map(({ id }) => id).join(', ');
	return refuse({
		message: `Expert has more than one webhook with this URL (IDs ${ids})`,
		description: 'Choose one of them by its ID.',
	});
}

const NOT_BY_URL: UserMessage = {
	message: 'Expert has no webhook with this URL',
	description: 'Check the URL, including its host. Webhook > Get Many shows all webhooks of the site.',
	toModel: 'Check the URL, including its host.',
};

/** Reads the whole webhook, because list entries may be shortened. Its secret is redacted from now on. */
export async function readWebhookIfExists(site: ExpertSite, id: string): Promise<Webhook | undefined> {
	const webhook = await getWebhook(site, id);
	if (webhook !== undefined) site.redactFromNowOn(webhook.authorization);
	return webhook;
}

async function readExistingWebhook(site: ExpertSite, id: string): Promise<Webhook> {
	return (await readWebhookIfExists(site, id)) ?? refuse(NO_WEBHOOK);
}

/**
 * Some sites may allow enabling in the Dashboard only: the vendor describes no other way
 * (docs/vendor-facts.md#updating-a-webhook).
 */
const IN_THE_DASHBOARD =
	'Some sites allow that in the Dashboard only: ask an admin of the site to enable the webhook there.';

const NOT_ON = 'Expert did not enable the webhook';

const NOT_ENABLED: StatusMessages = {
	400: { message: NOT_ON, description: IN_THE_DASHBOARD },
	403: {
		message: NOT_ON,
		description: `${IN_THE_DASHBOARD} If Expert refuses other changes, too, run the test of the CXone Expert API credential.`,
	},
};

/** Leaves the rest of the webhook as it is, its events included. */
export async function setWebhookActive(
	site: ExpertSite,
	reference: WebhookReference,
	active: boolean,
): Promise<Output[]> {
	const before = await findWebhook(site, reference);
	assertEventsShown(before);
	if (before.active === active) return outputs([webhookItem(before)]);
	const messages = active ? NOT_ENABLED : {};
	const after = await updateKeepingEvents(site, before.id, { ...before, active }, messages);
	if (after.active === active) return outputs([webhookItem(after)]);
	return refuse({
		message: `Expert reported success, but the webhook is still ${active ? 'disabled' : 'enabled'}`,
		description: active ? IN_THE_DASHBOARD : 'Try again, or disable it in the Dashboard.',
	});
}

interface EventChange {
	/** Returns what remains to be done. */
	left(registered: string[]): string[];
	send: typeof addEvent;
	/** Says that the site reported success and did nothing. */
	notDone(left: string): UserMessage;
}

export async function changeEvents(
	site: ExpertSite,
	reference: WebhookReference,
	{ left, send, notDone }: EventChange,
): Promise<Output[]> {
	const before = await findWebhook(site, reference);
	assertEventsShown(before);
	const { id } = before;
	const wanted = left(before.events);
	for (const event of wanted) await send(site, id, event);
	const after = wanted.length === 0 ? before : await readExistingWebhook(site, id);
	const notChanged = left(after.events);
	if (notChanged.length > 0) return refuse(notDone(notChanged.join(', ')));
	return outputs([webhookItem(after)]);
}
