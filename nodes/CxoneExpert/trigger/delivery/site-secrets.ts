import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { createClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { getWebhook, listWebhooks, type Webhook } from '../../api/webhooks';
import { isSameUrl } from '../../shared/webhook-url';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { credentialKey, inMemory, MAX_NODES, type NodeContext } from '../../shared/per-node';
import { SecretReadings } from '../../shared/secret-readings';
import { sendFromNode } from '../../api/http';
import type { SiteSecrets } from './signing-hints';

/** The site is asked for its secrets again after this; for a wrong signature, after a second. */
const SITE_SECRETS_TTL_MS = 60_000;

/** By node, credential and webhook address. */
const readings = inMemory(
	new SecretReadings<SiteSecrets>({ maxEntries: MAX_NODES, ttlMs: SITE_SECRETS_TTL_MS }),
);

/** Time for all calls together. */
const BUDGET_MS = 5_000;

/**
 * What the site names as the secrets of our webhook, as it was within the last minute. Never throws:
 * nothing is known where the site cannot be asked. That is cached, too.
 */
export async function siteSecrets(...webhook: WebhookAtSite): Promise<SiteSecrets> {
	return await readings.recent(...readerOf(webhook));
}

/**
 * The same before a wrong signature is rejected: as it was at this moment or later, but read at most
 * once a second for that. Whoever knows the token can send wrong signatures as often as they like.
 *
 * @param moment ms of the monotonic clock (`performance.now()`)
 */
export async function siteSecretsForRejection(
	moment: number,
	...webhook: WebhookAtSite
): Promise<SiteSecrets> {
	return await readings.forRejection(moment, ...readerOf(webhook));
}

type WebhookAtSite = [n8n: IWebhookFunctions, credential: ExpertCredential, webhookUrl: string];

function readerOf(webhook: WebhookAtSite): [key: string, read: () => Promise<SiteSecrets>] {
	const [n8n, , webhookUrl] = webhook;
	return [credentialKey(n8n, webhookUrl), async () => await readSecrets(...webhook)];
}

/** Evicts what is cached of a webhook, for when it is removed from the site. */
export function evictSiteSecrets(context: NodeContext, webhookUrl: string): void {
	readings.delete(credentialKey(context, webhookUrl));
}

async function readSecrets(...[n8n, credential, webhookUrl]: WebhookAtSite): Promise<SiteSecrets> {
	const hidden = secretsOf(credential, deliveryAuthorization(credential, webhookUrl));
	const api = createClient(sendFromNode(n8n, credential.siteUrl), BUDGET_MS, hidden);
	const isOurs = ({ url }: Webhook) => isSameUrl(url, webhookUrl);
	const listed = await listWebhooks(api, { matches: isOurs });
	if (!listed.ok) return { secrets: [], guids: [] };
	const whole = await Promise.all(listed.value.map(async ({ id }) => await getWebhook(api, id)));
	// Entries of the list may be shortened.
	const read = whole.flatMap((outcome) => (outcome.ok && outcome.value ? [outcome.value] : []));
	const all = [...listed.value, ...read];
	return {
		secrets: [...new Set(all.flatMap(({ secrets = [] }) => secrets))],
		guids: [...new Set(all.flatMap(({ guid }) => guid ?? []))],
	};
}
