import type { IWebhookFunctions } from 'n8n-workflow';

import type { ExpertCredential } from '../../api/credential';
import { createClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { getWebhook, listWebhooks, type Webhook } from '../../api/webhooks';
import { isSameUrl } from '../../shared/webhook-url';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import {
	credentialKey,
	type NodeContext,
	processState,
	SITE_SECRETS_TTL_MS,
} from '../process-state';
import { sendInTime } from '../send-in-time';
import type { SiteSecrets } from './signing-hints';

/** Time for all calls together. */
const BUDGET_MS = 5_000;

/**
 * What the site names as the secrets of our webhook, as it was within the last minute, or since a
 * given moment. Never throws: nothing is known where the site cannot be asked. That is cached, too.
 *
 * @param since ms of the monotonic clock (`performance.now()`)
 */
export async function siteSecrets(
	n8n: IWebhookFunctions,
	credential: ExpertCredential,
	webhookUrl: string,
	since = -Infinity,
): Promise<SiteSecrets> {
	const startedAt = performance.now();
	const key = credentialKey(n8n, webhookUrl);
	const cached = processState.siteSecrets.get(key);
	const isFresh = cached !== undefined && startedAt - cached.startedAt < SITE_SECRETS_TTL_MS;
	if (isFresh && cached.startedAt >= since) return await cached.value;
	const value = readSecrets(n8n, credential, webhookUrl);
	processState.siteSecrets.set(key, { startedAt, value });
	return await value;
}

/** Evicts what is cached of a webhook, for when it is removed from the site. */
export function evictSiteSecrets(context: NodeContext, webhookUrl: string): void {
	processState.siteSecrets.delete(credentialKey(context, webhookUrl));
}

async function readSecrets(
	n8n: IWebhookFunctions,
	credential: ExpertCredential,
	webhookUrl: string,
): Promise<SiteSecrets> {
	const hidden = secretsOf(credential, deliveryAuthorization(credential, webhookUrl));
	const api = createClient(sendInTime(n8n, credential.siteUrl), BUDGET_MS, hidden);
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
