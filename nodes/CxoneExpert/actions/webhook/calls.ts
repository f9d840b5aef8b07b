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
import { refuse } from '../core/field';
import type { Output } from '../core/operation';
import { outputs } from '../core/results';
import type { ExpertSite } from '../core/site';
import type { WebhookReference } from './fields';
import { webhookItem } from './items';

/** Refuses if there is none, or more than one. */
export async function findWebhook(
	site: ExpertSite,
	{ id, matches }: WebhookReference,
): Promise<Webhook> {
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
	description:
		'Check the URL, including its host. Webhook > Get Many shows all webhooks of the site.',
};

/** The whole webhook: list entries may be shortened. Its secret is redacted from now on. */
export async function readWebhookIfExists(
	site: ExpertSite,
	id: string,
): Promise<Webhook | undefined> {
	const webhook = await getWebhook(site, id);
	if (webhook !== undefined) site.redactFromNowOn(webhook.authorization);
	return webhook;
}

async function readExistingWebhook(site: ExpertSite, id: string): Promise<Webhook> {
	return (await readWebhookIfExists(site, id)) ?? refuse(NO_WEBHOOK);
}

interface Change {
	/** If so, nothing is sent. */
	isDone(webhook: Webhook): boolean;
	/** @returns the webhook as the site then reports it */
	make(before: Webhook): Promise<Webhook>;
	/** For a site that reports success and does nothing. */
	notDone(after: Webhook): UserMessage;
}

export async function changeWebhook(
	before: Webhook,
	{ isDone, make, notDone }: Change,
): Promise<Output[]> {
	assertEventsShown(before);
	const after = isDone(before) ? before : await make(before);
	return isDone(after) ? outputs([webhookItem(after)]) : refuse(notDone(after));
}

/**
 * Some sites may allow it in the Dashboard only: the vendor describes no other way
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
	return await changeWebhook(await findWebhook(site, reference), {
		isDone: (webhook) => webhook.active === active,
		async make(before) {
			const messages = active ? NOT_ENABLED : {};
			return await updateKeepingEvents(site, before.id, { ...before, active }, messages);
		},
		notDone: () => ({
			message: `Expert reported success, but the webhook is still ${active ? 'disabled' : 'enabled'}`,
			description: active ? IN_THE_DASHBOARD : 'Try again, or disable it in the Dashboard.',
		}),
	});
}

interface EventChange {
	/** What remains to be done. */
	left(registered: string[]): string[];
	send: typeof addEvent;
	notDone(left: string): UserMessage;
}

export async function changeEvents(
	site: ExpertSite,
	reference: WebhookReference,
	{ left, send, notDone }: EventChange,
): Promise<Output[]> {
	return await changeWebhook(await findWebhook(site, reference), {
		isDone: ({ events }) => left(events).length === 0,
		async make({ id, events }) {
			for (const event of left(events)) await send(site, id, event);
			return await readExistingWebhook(site, id);
		},
		notDone: ({ events }) => notDone(left(events).join(', ')),
	});
}
