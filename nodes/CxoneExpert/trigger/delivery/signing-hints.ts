import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { apiSecret, type ExpertCredential } from '../../api/credential';
import { createClient } from '../../api/client';
import { secretsOf } from '../../api/redact';
import { sendFromNode } from '../../api/http';
import { getWebhook, listWebhooks, type Webhook } from '../../api/webhooks';
import { isSameUrl } from '../../shared/webhook-url';
import { deliveryAuthorization } from '../../shared/delivery-authorization';
import { anySignatureMatches, sign } from './signature';

/*
 * Where the secret comes from that signs the deliveries, the vendor does not say. So when everything
 * about a delivery is right but its signature, two things help: what the site itself names as a
 * secret, and which of the keys that lie at hand would have given this signature.
 */

/** A key that the site may have signed with, in words for the log that do not show it. */
export interface LikelyKey {
	label: string;
	/** Secret. */
	key: string;
}

/** What is known of one node's webhook. */
export interface KnownOfWebhook {
	/** The whole `Authorization` value that the site sends with each delivery. Secret. */
	authorization: string;
	guids: string[];
	credential: ExpertCredential;
}

/** The keys that lie at hand, the likeliest first. */
export function likelyKeys({ authorization, guids, credential }: KnownOfWebhook): LikelyKey[] {
	const keys = [
		{ label: 'the whole Authorization value of the deliveries', key: authorization },
		{
			label: 'the delivery token without its scheme',
			key: authorization.replace(/^\S+\s+/, ''),
		},
		...guids.map((key) => ({ label: 'the guid of the webhook', key })),
		{ label: apiSecretLabel(credential), key: apiSecret(credential) },
	];
	return keys.filter(({ key }) => key !== '');
}

function apiSecretLabel({ authentication }: ExpertCredential): string {
	return authentication === 'serverToken'
		? 'the secret of the server token'
		: 'the long-term token';
}

/**
 * The label of the key that gives one of the received signatures. Tries all of them, always: the time
 * that it takes tells nothing.
 *
 * @param timestamp the literal text that was signed
 */
export function fittingKey(
	keys: LikelyKey[],
	timestamp: string,
	body: Buffer,
	signatures: Buffer[],
): string | undefined {
	const fitting = keys.filter(({ key }) =>
		anySignatureMatches(signatures, [sign(key, timestamp, body)]),
	);
	return fitting[0]?.label;
}

/** What the site says of the webhooks with our address. */
export interface SiteSecrets {
	/** What the site names as signing secrets. */
	secrets: string[];
	guids: string[];
}

type Context = IWebhookFunctions | IHookFunctions;

/** Ms for which an answer of the site counts: it is asked once a minute at most for each node. */
const CACHE_TTL_MS = 60_000;
/** Nodes whose answers are kept at the same time. */
const MAX_CACHED = 1000;
/** Ms for all calls together. */
const BUDGET_MS = 5_000;

interface Reading {
	/** Ms of the monotonic clock. */
	startedAt: number;
	secrets: Promise<SiteSecrets>;
}

/** In memory only, the oldest first. A reading that gave nothing is kept, too. */
const readings = new Map<string, Reading>();

/**
 * What the site names as the secrets of our webhook, as it was within the last minute, or since a
 * given moment. Never throws: nothing is known where the site cannot be asked.
 *
 * @param since ms of the monotonic clock (`performance.now()`)
 */
export async function siteSecrets(
	context: IWebhookFunctions,
	credential: ExpertCredential,
	webhookUrl: string,
	since = -Infinity,
): Promise<SiteSecrets> {
	const now = performance.now();
	evict(now);
	const key = cacheKey(context, webhookUrl);
	const cached = readings.get(key);
	if (cached !== undefined && cached.startedAt >= since) return await cached.secrets;
	const secrets = readSecrets(context, credential, webhookUrl);
	readings.delete(key);
	readings.set(key, { startedAt: now, secrets });
	return await secrets;
}

/** Drops what is kept of a webhook, for when it is removed from the site. */
export function forgetSiteSecrets(context: Context, webhookUrl: string): void {
	readings.delete(cacheKey(context, webhookUrl));
}

function cacheKey(context: Context, webhookUrl: string): string {
	const { id, credentials } = context.getNode();
	const { id: workflowId } = context.getWorkflow();
	return JSON.stringify([workflowId, id, credentials?.cxoneExpertApi?.id, webhookUrl]);
}

function evict(now: number): void {
	for (const [key, { startedAt }] of readings) {
		if (now - startedAt < CACHE_TTL_MS && readings.size < MAX_CACHED) return;
		readings.delete(key);
	}
}

async function readSecrets(
	context: IWebhookFunctions,
	credential: ExpertCredential,
	webhookUrl: string,
): Promise<SiteSecrets> {
	const hidden = secretsOf(credential, deliveryAuthorization(credential, webhookUrl));
	const api = createClient(sendFromNode(context, credential.siteUrl), BUDGET_MS, hidden);
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
